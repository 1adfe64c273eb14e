//! The `tokentrail` program: see the library for everything it does.

fn main() -> std::process::ExitCode {
    tokentrail::main()
}
