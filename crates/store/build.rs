//! The migrations are compiled in: a changed one means a rebuild.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
