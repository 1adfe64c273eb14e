//! The `tokentrail` program: see the library for everything it does.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    tokentrail::cli::main()
}
