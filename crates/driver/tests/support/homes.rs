//! Home folders in whole pods.

use std::fs;

use millrace_driver::sandbox::RuntimeChoice;
use millrace_driver::{AccessMode, Driver, DriverError, HomeFolder};

use super::{Host, Setup, Viewer, block_on, spec};

const ACCOUNT: &str = "111122223333";
const SIZE: u64 = 64 << 20;

fn home(user: &str) -> HomeFolder {
    HomeFolder::of(ACCOUNT, "eu-west-1", AccessMode::Custom, user).expect("a valid user")
}

/// Runs `script` in a new instance of the user's, frozen when the user comes.
async fn session(host: &Host, user: &str, script: &str) -> i32 {
    let driver = host.driver();
    let one = spec("one", &Setup::get().image);
    driver.ensure(&one).await.unwrap();
    driver.set_frozen(&one.id, true).await.unwrap();
    driver.attach(&one.id, &home(user)).await.unwrap();
    driver.attach(&one.id, &home(user)).await.unwrap();
    let mut viewer = Viewer::attach(driver.connect(&one.id).await.unwrap()).await;
    let status = viewer.run(script).await;
    driver.destroy(&one.id).await.unwrap();
    status
}

/// A home folder outlives its instances, is one user's, has a bound, and gives its room back.
pub(crate) fn a_home_folder_outlives_instances(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    let image = host.directory.join("volumes").join(home("jane").key.path()).join("volume.ext4");
    let taken = || std::os::unix::fs::MetadataExt::blocks(&fs::metadata(&image).unwrap()) * 512;
    block_on(async {
        let write = "cd ~/MyFiles/HomeFolder && [ $(stat -c %u .) = $(id -u) ] && echo kept > note && ln note link \
            && ln -s note symbolic && mkfifo pipe && chmod 4755 note && grep -q nosuid,nodev /proc/self/mountinfo \
            && grep -q HomeFolder ~/.config/gtk-3.0/bookmarks";
        assert_eq!(session(&host, "jane", write).await, 0);
        // 64 MiB were reserved, and a few MiB of tables and journal are taken.
        assert!(taken() < SIZE / 2, "{} bytes are taken", taken());
        let read = "cd ~/MyFiles/HomeFolder && [ \"$(cat note link symbolic | tr -d '\\n')\" = keptkeptkept ] && [ -p pipe ]";
        assert_eq!(session(&host, "jane", read).await, 0);
        // It is full, and says so from the write.
        let fill = "cd ~/MyFiles/HomeFolder && ! head -c 100M /dev/zero > much 2> /tmp/said \
            && grep -q 'No space left' /tmp/said && rm much && echo more > note2";
        assert_eq!(session(&host, "jane", fill).await, 0);
        assert!(taken() < SIZE / 2, "{} bytes are taken", taken());
        assert_eq!(session(&host, "Jane", "[ -z \"$(ls ~/MyFiles/HomeFolder)\" ]").await, 0);
    });
    host.assert_nothing_left();
}

/// Two sessions of a user see each other's files and locks; another user's folder is refused where one is already.
pub(crate) fn two_sessions_share_a_home_folder(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    block_on(async {
        let driver = host.driver();
        let specs = ["one", "two"].map(|id| spec(id, &Setup::get().image));
        for spec in &specs {
            driver.ensure(spec).await.unwrap();
        }
        let jane = home("jane");
        let (one, two) = tokio::join!(driver.attach(&specs[0].id, &jane), driver.attach(&specs[1].id, &jane));
        one.unwrap();
        two.unwrap();
        let mut viewers = Vec::new();
        for spec in &specs {
            viewers.push(Viewer::attach(driver.connect(&spec.id).await.unwrap()).await);
        }
        let hold = "cd ~/MyFiles/HomeFolder && echo held > file && (flock -x 9; touch locked; sleep 60) 9< file & \
            while [ ! -e ~/MyFiles/HomeFolder/locked ]; do sleep 0.01; done";
        assert_eq!(viewers[0].run(hold).await, 0);
        let look = "cd ~/MyFiles/HomeFolder && [ \"$(cat file)\" = held ] && ! flock -n -x file true && echo seen > answer";
        assert_eq!(viewers[1].run(look).await, 0);
        driver.destroy(&specs[1].id).await.unwrap();
        assert_eq!(
            viewers[0].run("cd ~/MyFiles/HomeFolder && [ \"$(cat answer)\" = seen ] && touch on").await,
            0
        );
        let refused = driver.attach(&specs[0].id, &home("joe")).await;
        assert!(matches!(refused, Err(DriverError::Volume(_))), "{refused:?}");
        let of_joe = host.directory.join("volumes").join(home("joe").key.path());
        assert!(!of_joe.exists(), "nothing is made or reserved for who is refused");
        driver.destroy(&specs[0].id).await.unwrap();
    });
    host.assert_nothing_left();
}

/// What is not a whole volume is refused, and stays as it is. A user's own directory in the way is no way out of the home.
pub(crate) fn damaged_volumes_are_refused(choice: &RuntimeChoice) {
    let host = Host::new(choice);
    block_on(async {
        assert_eq!(session(&host, "jane", "touch ~/MyFiles/HomeFolder/x").await, 0);
        let volume = host.directory.join("volumes").join(home("jane").key.path());
        let (image, record) = (volume.join("volume.ext4"), volume.join("volume.json"));
        let (whole, known) = (fs::read(&image).unwrap(), fs::read(&record).unwrap());
        let driver = host.driver();
        let one = spec("one", &Setup::get().image);
        driver.ensure(&one).await.unwrap();
        let refused = async |what: &str| {
            let result = driver.attach(&one.id, &home("jane")).await;
            assert!(matches!(result, Err(DriverError::Volume(_))), "{what}: {result:?}");
        };
        fs::write(&image, &whole[..1 << 20]).unwrap();
        refused("a file that is too short").await;
        fs::write(&image, vec![0x5A; whole.len()]).unwrap();
        refused("no file system").await;
        assert!(fs::read(&image).unwrap().iter().all(|byte| *byte == 0x5A), "it was made anew");
        fs::remove_file(&image).unwrap();
        refused("no file").await;
        std::os::unix::fs::symlink("/etc/passwd", &image).unwrap();
        refused("a link").await;
        fs::remove_file(&image).unwrap();
        fs::create_dir(&image).unwrap();
        refused("a directory").await;
        fs::remove_dir(&image).unwrap();
        fs::write(&image, &whole).unwrap();
        fs::write(&record, b"{").unwrap();
        refused("half a record").await;
        fs::write(&record, vec![b' '; 1 << 20]).unwrap();
        refused("a long record").await;
        fs::write(&record, &known).unwrap();

        let mut viewer = Viewer::attach(driver.connect(&one.id).await.unwrap()).await;
        for trap in
            ["rm -rf ~/MyFiles; ln -s /proc/self/root/etc ~/MyFiles", "rm -rf ~/MyFiles; touch ~/MyFiles"]
        {
            assert_eq!(viewer.run(trap).await, 0);
            refused(trap).await;
        }
        assert_eq!(viewer.run("rm -rf ~/MyFiles").await, 0);
        driver.attach(&one.id, &home("jane")).await.unwrap();
        assert_eq!(viewer.run("[ -e ~/MyFiles/HomeFolder/x ]").await, 0);
        driver.destroy(&one.id).await.unwrap();
    });
    host.assert_nothing_left();
}
