// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! The model's patterns: as it words them, and in Rust's dialect.

use crate::schema::Pattern;

pub(crate) static AMI_NAME: Pattern =
    Pattern::new("^[a-zA-Z0-9().\\-/_]{3,128}$", "\\A(?:^[a-zA-Z0-9().\\-\\/_]{3,128}$)\\z");

pub(crate) static APP_DISPLAY_NAME: Pattern =
    Pattern::new("^[a-zA-Z0-9][a-zA-Z0-9_. -]{0,99}$", "\\A(?:^[a-zA-Z0-9][a-zA-Z0-9_. -]{0,99}$)\\z");

pub(crate) static APP_NAME: Pattern =
    Pattern::new("^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$", "\\A(?:^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$)\\z");

pub(crate) static ARN: Pattern = Pattern::new(
    "^arn:aws(?:\\-cn|\\-iso\\-b|\\-iso|\\-us\\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\\\-]{0,1023}$",
    "\\A(?:^arn:aws(?:\\-cn|\\-iso\\-b|\\-iso|\\-us\\-gov)?:[A-Za-z0-9][A-Za-z0-9_\\/.-]{0,62}:[A-Za-z0-9_\\/.-]{0,63}:[A-Za-z0-9_\\/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_\\/+=,@.\\\\-]{0,1023}$)\\z",
);

pub(crate) static AWS_ACCOUNT_ID: Pattern = Pattern::new("^\\d+$", "\\A(?:^[0-9]+$)\\z");

pub(crate) static CREATE_IMPORTED_IMAGE_REQUEST_SOURCE_AMI_ID: Pattern = Pattern::new(
    "^(ami-[a-z0-9]{8,17}|[^\\s/]+/[^\\s]+)$",
    "\\A(?:^(ami-[a-z0-9]{8,17}|[^ \\t\\n\\x0B\\f\\r\\/]+/[^ \\t\\n\\x0B\\f\\r]+)$)\\z",
);

pub(crate) static EMBED_HOST_DOMAIN: Pattern = Pattern::new(
    "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]",
    "\\A(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9])\\z",
);

pub(crate) static FILTER_NAME: Pattern =
    Pattern::new("^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$", "\\A(?:^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$)\\z");

pub(crate) static FILTER_VALUE: Pattern =
    Pattern::new("^[a-zA-Z0-9][a-zA-Z0-9_:/.-]{0,200}$", "\\A(?:^[a-zA-Z0-9][a-zA-Z0-9_:\\/.-]{0,200}$)\\z");

pub(crate) static IMAGE_IMPORT_DESCRIPTION: Pattern =
    Pattern::new("^[a-zA-Z0-9_.() -]+$", "\\A(?:^[a-zA-Z0-9_.() -]+$)\\z");

pub(crate) static IMAGE_IMPORT_DISPLAY_NAME: Pattern =
    Pattern::new("^[a-zA-Z0-9_.() -]+$", "\\A(?:^[a-zA-Z0-9_.() -]+$)\\z");

pub(crate) static INSTANCE_TYPE: Pattern = Pattern::new(
    "^[a-zA-Z0-9-]+(\\.[a-z0-9-]+)+\\.(small|medium|large|xlarge|\\d+xlarge|metal)$",
    "\\A(?:^[a-zA-Z0-9-]+(\\.[a-z0-9-]+)+\\.(small|medium|large|xlarge|[0-9]+xlarge|metal)$)\\z",
);

pub(crate) static KMS_KEY_ARN: Pattern = Pattern::new(
    "^arn:aws(?:\\-cn|\\-iso\\-b|\\-iso|\\-us\\-gov)?:kms:[a-z0-9\\-]+:\\d{12}:key/[A-Za-z0-9\\-]+$",
    "\\A(?:^arn:aws(?:\\-cn|\\-iso\\-b|\\-iso|\\-us\\-gov)?:kms:[a-z0-9\\-]+:[0-9]{12}:key/[A-Za-z0-9\\-]+$)\\z",
);

pub(crate) static LAUNCH_PARAMETERS: Pattern = Pattern::new("^[^\\x00]+$", "\\A(?:^[^\\x00]+$)\\z");

pub(crate) static NAME: Pattern =
    Pattern::new("^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$", "\\A(?:^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$)\\z");

pub(crate) static NVIDIA_GRID_DRIVER_VERSION: Pattern =
    Pattern::new("^[0-9]+(\\.[0-9]+){1,2}$", "\\A(?:^[0-9]+(\\.[0-9]+){1,2}$)\\z");

pub(crate) static PHOTON_AMI_ID: Pattern =
    Pattern::new("^ami-[a-z0-9]{8,17}$", "\\A(?:^ami-[a-z0-9]{8,17}$)\\z");

pub(crate) static PROCESS_IMAGE_NAME: Pattern = Pattern::new(
    "^[\\p{L}0-9_](?:[\\p{L}0-9._ ()+-]*[\\p{L}0-9._()+-])?(?<!\\.[eE][xX][eE])\\.[eE][xX][eE]$",
    "\\A(?:^[\\p{L}0-9_](?:[\\p{L}0-9._ ()+-]*[\\p{L}0-9._()+-])?(?<!\\.[eE][xX][eE])\\.[eE][xX][eE]$)\\z",
);

pub(crate) static S3_BUCKET: Pattern =
    Pattern::new("^[0-9a-z\\.\\-]*(?<!\\.)$", "\\A(?:^[0-9a-z\\.\\-]*(?<!\\.)$)\\z");

pub(crate) static S3_BUCKET_ARN: Pattern = Pattern::new(
    "^arn:aws(?:\\-cn|\\-iso\\-b|\\-iso|\\-us\\-gov)?:s3:::[a-z0-9][a-z0-9.\\-]{1,61}[a-z0-9]$",
    "\\A(?:^arn:aws(?:\\-cn|\\-iso\\-b|\\-iso|\\-us\\-gov)?:s3:::[a-z0-9][a-z0-9.\\-]{1,61}[a-z0-9]$)\\z",
);

pub(crate) static STREAMING_URL_USER_ID: Pattern =
    Pattern::new("[\\w+=,.@-]*", "\\A(?:[A-Za-z0-9_+=,.@-]*)\\z");

pub(crate) static TAG_KEY: Pattern = Pattern::new(
    "^(^(?!aws:).[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$",
    "\\A(?:^(^(?!aws:)[^\\n\\r\\x{85}\\x{2028}\\x{2029}][\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*)$)\\z",
);

pub(crate) static TAG_VALUE: Pattern =
    Pattern::new("^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$", "\\A(?:^([\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*)$)\\z");

pub(crate) static THEME_FOOTER_LINK_DISPLAY_NAME: Pattern =
    Pattern::new("^[-@./#&+\\w\\s]*$", "\\A(?:^[-@.\\/#\\&+A-Za-z0-9_ \\t\\n\\x0B\\f\\r]*$)\\z");

pub(crate) static THEME_TITLE_TEXT: Pattern =
    Pattern::new("^[-@./#&+\\w\\s]*$", "\\A(?:^[-@.\\/#\\&+A-Za-z0-9_ \\t\\n\\x0B\\f\\r]*$)\\z");

pub(crate) static UUID: Pattern = Pattern::new(
    "^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$",
    "\\A(?:^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$)\\z",
);

pub(crate) static URL_PATTERN: Pattern = Pattern::new(
    "^((https?|ftp|sftp)://|mailto:)[^\\s,;<>]+$",
    "\\A(?:^((https?|ftp|sftp)://|mailto:)[^ \\t\\n\\x0B\\f\\r,;<>]+$)\\z",
);

pub(crate) static USB_DEVICE_FILTER_STRING: Pattern = Pattern::new(
    "^((\\w*)\\s*(\\w*)\\s*\\,\\s*(\\w*)\\s*\\,\\s*\\*?(\\w*)\\s*\\,\\s*\\*?(\\w*)\\s*\\,\\s*\\*?\\d*\\s*\\,\\s*\\*?\\d*\\s*\\,\\s*[0-1]\\s*\\,\\s*[0-1]\\s*)$",
    "\\A(?:^(([A-Za-z0-9_]*)[ \\t\\n\\x0B\\f\\r]*([A-Za-z0-9_]*)[ \\t\\n\\x0B\\f\\r]*,[ \\t\\n\\x0B\\f\\r]*([A-Za-z0-9_]*)[ \\t\\n\\x0B\\f\\r]*,[ \\t\\n\\x0B\\f\\r]*\\*?([A-Za-z0-9_]*)[ \\t\\n\\x0B\\f\\r]*,[ \\t\\n\\x0B\\f\\r]*\\*?([A-Za-z0-9_]*)[ \\t\\n\\x0B\\f\\r]*,[ \\t\\n\\x0B\\f\\r]*\\*?[0-9]*[ \\t\\n\\x0B\\f\\r]*,[ \\t\\n\\x0B\\f\\r]*\\*?[0-9]*[ \\t\\n\\x0B\\f\\r]*,[ \\t\\n\\x0B\\f\\r]*[0-1][ \\t\\n\\x0B\\f\\r]*,[ \\t\\n\\x0B\\f\\r]*[0-1][ \\t\\n\\x0B\\f\\r]*)$)\\z",
);

pub(crate) static USER_ATTRIBUTE_VALUE: Pattern =
    Pattern::new("^[A-Za-z0-9_\\-\\s]+$", "\\A(?:^[A-Za-z0-9_\\- \\t\\n\\x0B\\f\\r]+$)\\z");

pub(crate) static USERNAME: Pattern =
    Pattern::new("[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+", "\\A(?:[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+)\\z");

pub(crate) static WORKSPACE_IMAGE_ID: Pattern =
    Pattern::new("^wsi-[0-9a-z]{8,63}$", "\\A(?:^wsi-[0-9a-z]{8,63}$)\\z");
