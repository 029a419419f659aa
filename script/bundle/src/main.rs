//! Makes the folder that the server serves to browsers out of what cargo compiled.
//!
//! `bundle WASM STYLE PUBLIC SITE BUDGET` writes below `SITE`: `pkg/rollcall.js` and `pkg/rollcall_bg.wasm`
//! (bindings), `pkg/rollcall.css` (the style sheet with its imports inlined), the files of `PUBLIC`, and a
//! `.br` beside each text or wasm file so that no request pays for compression. It fails when the compressed
//! wasm is larger than `BUDGET` kilobytes.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use brotli::enc::BrotliEncoderParams;
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use wasm_bindgen_cli_support::Bindgen;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [wasm, style, public, site, budget] = arguments.as_slice() else {
        return Err("usage: bundle WASM STYLE PUBLIC SITE BUDGET".into());
    };
    let budget: usize = budget.to_string_lossy().parse()?;
    let package = site.join("pkg");
    if site.exists() {
        fs::remove_dir_all(site)?;
    }
    fs::create_dir_all(&package)?;

    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name("rollcall")
        .generate(&package)?;
    if style.exists() {
        fs::write(package.join("rollcall.css"), stylesheet(style)?)?;
    }
    if public.exists() {
        copy(public, site)?;
    }
    compress(site)?;
    check_size(&package, budget)
}

/// Inlines the imports and removes what only people read. No browser is named, so nothing is lowered:
/// `light-dark()`, nesting and layers leave as they came.
fn stylesheet(path: &Path) -> Outcome<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(path).map_err(|error| error.to_string())?;
    sheet
        .minify(MinifyOptions::default())
        .map_err(|error| error.to_string())?;
    let printer = PrinterOptions {
        minify: true,
        ..PrinterOptions::default()
    };
    Ok(sheet
        .to_css(printer)
        .map_err(|error| error.to_string())?
        .code)
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Writes a `.br` beside every file below `folder` that shrinks by it.
fn compress(folder: &Path) -> Outcome<()> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..BrotliEncoderParams::default()
    };
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress(&path)?;
            continue;
        }
        let kind = path.extension().and_then(OsStr::to_str);
        if !matches!(
            kind,
            Some("wasm" | "js" | "css" | "svg" | "txt" | "json" | "webmanifest")
        ) {
            continue;
        }
        let mut out = Vec::new();
        brotli::BrotliCompress(&mut fs::File::open(&path)?, &mut out, &parameters)?;
        fs::write(compressed(&path), out)?;
    }
    Ok(())
}

fn compressed(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

fn check_size(package: &Path, budget: usize) -> Outcome<()> {
    let mut wasm_size = 0;
    for name in ["rollcall_bg.wasm", "rollcall.js", "rollcall.css"] {
        let path = package.join(name);
        if !path.exists() {
            continue;
        }
        let (plain, brotli) = (
            fs::metadata(&path)?.len(),
            fs::metadata(compressed(&path))?.len(),
        );
        println!(
            "{name}: {:.1} kB, {:.1} kB brotli",
            kilobytes(plain),
            kilobytes(brotli)
        );
        if name.ends_with(".wasm") {
            wasm_size = brotli;
        }
    }
    if wasm_size > budget as u64 * 1000 {
        return Err(format!(
            "the wasm is {:.1} kB brotli, over its budget of {budget} kB",
            kilobytes(wasm_size)
        )
        .into());
    }
    println!(
        "hydrate bundle: {:.1} kB brotli of a budget of {budget} kB",
        kilobytes(wasm_size)
    );
    Ok(())
}

fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
