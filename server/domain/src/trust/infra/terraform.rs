//! Terraform files: parsed within bounds, then looked through for trusts.

use std::collections::HashMap;

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body, Structure};

use super::resources::Reading;
use super::{Found, telling};

/// Deepest nesting of brackets, and most unary signs and conditionals in a row, that are parsed: the parser calls
/// itself.
const DEEPEST: usize = 64;
/// Stack of the parser, in bytes.
const STACK: usize = 64 << 20;

/// The blocks of a file by what they are.
#[derive(Debug, Default)]
pub struct File<'a> {
    /// Resources and data in the order of the file: address, type, body.
    pub blocks: Vec<(String, &'a str, &'a Body)>,
    /// The same by address.
    pub by_address: HashMap<String, &'a Body>,
    pub locals: HashMap<&'a str, &'a Expression>,
}

/// The text looks like Terraform: it has a block of one of its kinds.
pub fn is_terraform(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        [
            "resource ",
            "resource\"",
            "data ",
            "data\"",
            "locals ",
            "locals{",
            "variable ",
            "module ",
            "terraform ",
            "terraform{",
            "provider ",
            "output ",
        ]
        .iter()
        .any(|kind| line.starts_with(kind))
            && line.contains('{')
            && !line.starts_with("data =")
    })
}

/// The trusts of a file.
///
/// # Errors
/// When it is no HCL, with line and column, or nested deeper than is read.
pub fn terraform(text: &str) -> Result<Vec<Found>, String> {
    bounded(text)?;
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || {
                let body = hcl_edit::parser::parse_body(text).map_err(|why| {
                    let place = why.location();
                    format!(
                        "not Terraform: line {}, column {}: {}",
                        place.line(),
                        place.column(),
                        why.message()
                    )
                })?;
                Ok(telling(Reading::new(&File::of(&body)).found()))
            })
            .map_err(|why| why.to_string())?
            .join()
            .map_err(|_| "the file could not be read".to_owned())?
    })
}

fn bounded(text: &str) -> Result<(), String> {
    let (mut depth, mut signs, mut choices) = (0_usize, 0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'?' => choices += 1,
            b'\n' => choices = 0,
            _ => {}
        }
        signs = match byte {
            b'!' | b'-' => signs + 1,
            b' ' | b'\t' => signs,
            _ => 0,
        };
        // A ruler of dashes in a comment is no nesting, so signs have a wider bound.
        if depth > DEEPEST || signs > 40 * DEEPEST || choices > DEEPEST {
            return Err(format!("not read: nested deeper than {DEEPEST} levels"));
        }
    }
    Ok(())
}

impl<'a> File<'a> {
    fn of(body: &'a Body) -> Self {
        let mut file = Self::default();
        for structure in body {
            let Structure::Block(block) = structure else {
                continue;
            };
            file.take(block);
        }
        file
    }

    fn take(&mut self, block: &'a Block) {
        let labels: Vec<&str> = block
            .labels
            .iter()
            .map(hcl_edit::structure::BlockLabel::as_str)
            .collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => self.put(format!("{kind}.{name}"), kind, &block.body),
            ("data", [kind, name]) => self.put(format!("data.{kind}.{name}"), kind, &block.body),
            ("locals", _) => {
                for attribute in block.body.attributes() {
                    self.locals.insert(attribute.key.as_str(), &attribute.value);
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, address: String, kind: &'a str, body: &'a Body) {
        self.by_address.insert(address.clone(), body);
        self.blocks.push((address, kind, body));
    }
}
