// The JavaScript SDK, for programs of other directories.
export * from "@aws-sdk/client-appstream";
