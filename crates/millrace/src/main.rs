//! The server and its command line.

mod admin;
mod config;
mod data_dir;
mod logs;
mod serve;

fn main() {}
