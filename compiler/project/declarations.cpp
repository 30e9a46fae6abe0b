#include "project/declarations.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/parallel.h"
#include "project/diagnostics.h"
#include "semantic/diagnostics.h"

namespace pipec::project {
namespace {

bool is_specification(const std::string& path) {
  return path.size() > 5 && path.compare(path.size() - 5, 5, ".pipe") == 0;
}

std::optional<semantic::DeclKind> kind_of_keyword(std::string_view keyword) {
  using semantic::DeclKind;
  for (auto i = uint8_t{0}; i <= static_cast<uint8_t>(semantic::kLastDeclKind); ++i) {
    if (semantic::decl_kind_name(static_cast<DeclKind>(i)) == keyword) return static_cast<DeclKind>(i);
  }
  return std::nullopt;
}

// A block of which only the head could be read still has its name: who refers to it is not blamed.
std::optional<semantic::Declaration> from_extent(const syntax::BlockExtent& extent) {
  auto kind = kind_of_keyword(extent.keyword.text());
  if (!kind || extent.name.empty()) return std::nullopt;
  semantic::Declaration declaration;
  declaration.kind = *kind;
  declaration.name = extent.name.folded();
  declaration.key = Symbol::of(fmt::format("{}:{}", extent.keyword.text(), declaration.name.text()));
  return declaration;
}

}  // namespace

const DeclarationStore::File& DeclarationStore::scan(const std::string& path, const std::string& text) {
  Fingerprint hash = fingerprint(text);
  File& file = files_[path];
  if (file.scan && file.hash == hash) return file;
  file.hash = hash;
  file.scan = std::make_shared<syntax::FileScan>(syntax::scan_file(text));
  file.blocks.clear();
  for (const syntax::BlockExtent& extent : file.scan->blocks) {
    file.blocks.push_back(
        fingerprint(std::string_view(text).substr(extent.span.begin, extent.span.end - extent.span.begin)));
  }
  return file;
}

void DeclarationStore::parse_missing(const Declarations& out, unsigned jobs) {
  struct Job {
    Fingerprint hash;
    std::string_view text;
    Block block;
  };
  std::vector<Job> missing;
  for (const auto& [path, text] : out.texts) {
    if (!is_specification(path)) continue;
    const File& file = files_[path];
    for (size_t i = 0; i < file.blocks.size(); ++i) {
      Span span = file.scan->blocks[i].span;
      auto [entry, is_new] = blocks_.try_emplace(file.blocks[i]);
      entry->second.generation = generation_;
      if (is_new)
        missing.push_back({file.blocks[i], std::string_view(text).substr(span.begin, span.end - span.begin), {}});
    }
  }
  parallel_for(missing.size(), jobs, [&](size_t i) {
    auto parsed = std::make_shared<syntax::ParsedBlock>(syntax::parse_block(missing[i].text));
    missing[i].block.tree = std::shared_ptr<const ast::Tree>(parsed, &parsed->tree);
    missing[i].block.parsed = std::move(parsed);
  });
  for (Job& job : missing) {
    Block& block = blocks_[job.hash];
    block.parsed = std::move(job.block.parsed);
    block.tree = std::move(job.block.tree);
  }
}

void DeclarationStore::place(const std::string& path, Declarations& out) {
  const File& file = files_[path];
  Symbol path_symbol = Symbol::of(path);
  Sink sink;
  for (const syntax::SyntaxError& error : file.scan->errors) {
    syntax::report(error, sink, [&](Span span) { return Place::in_file(path_symbol, span); });
  }
  for (size_t i = 0; i < file.blocks.size(); ++i) {
    const syntax::BlockExtent& extent = file.scan->blocks[i];
    const Block& block = blocks_[file.blocks[i]];
    for (const syntax::SyntaxError& error : block.parsed->errors) {
      syntax::report(error, sink, [&](Span span) {
        return Place::in_file(path_symbol, {extent.span.begin + span.begin, extent.span.begin + span.end});
      });
    }
    std::optional<semantic::Declaration> declaration = semantic::declaration_of(block.tree);
    if (!declaration) declaration = from_extent(extent);
    if (!declaration) {
      out.lost.push_back({extent.name.folded(), path_symbol, extent.span});
      continue;
    }
    declaration->tree = block.tree;
    declaration->file = path_symbol;
    declaration->offset = extent.span.begin;
    declaration->text = file.blocks[i];
    declaration->mentions = block.parsed->mentions;
    declaration->mentions.insert(declaration->mentions.end(), block.parsed->calls.begin(), block.parsed->calls.end());
    declaration->broken = !block.parsed->errors.empty();
    out.placed.push_back({std::move(*declaration), block.parsed, extent.name_span});
  }
  auto found = sink.take();
  out.diagnostics.insert(out.diagnostics.end(), found.begin(), found.end());
}

void DeclarationStore::sweep() {
  std::erase_if(blocks_, [&](const auto& entry) { return entry.second.generation != generation_; });
}

Declarations DeclarationStore::load(const Vfs& vfs, unsigned jobs) {
  ++generation_;
  Declarations out;
  Sink sink;
  ListResult listing = vfs.list();
  if (!listing.ok && vfs.read("pipec.yaml").ok) {  // a project that is not there at all is reported with its pipec.yaml
    sink.report(diag::UnreadableFile, Place::in_file(Symbol::of("pipec.yaml"), {}),
                fmt::format("cannot list the project: {}", listing.error))
        .help("check that its folders may be read");
  }
  for (const std::string& path : listing.paths) {
    if (!is_specification(path)) {
      out.files.push_back(Symbol::of(path).text());
      continue;
    }
    ReadResult read = vfs.read(path);
    if (!read.ok) {
      sink.report(diag::UnreadableFile, Place::in_file(Symbol::of(path), {}),
                  fmt::format("cannot read it: {}", read.error))
          .help("check that the file is there and may be read");
      continue;
    }
    out.texts.emplace(path, std::move(read.text));
  }
  for (const auto& [path, text] : out.texts) scan(path, text);
  parse_missing(out, jobs);
  for (const auto& [path, text] : out.texts) place(path, out);
  sweep();
  std::erase_if(files_, [&](const auto& entry) { return !out.texts.count(entry.first); });

  // Of two with one key the first counts; the second is reported where it stands.
  std::unordered_map<Symbol, size_t> first;
  std::vector<Placed> kept;
  for (Placed& placed : out.placed) {
    auto [entry, is_new] = first.emplace(placed.declaration.key, kept.size());
    if (is_new) {
      kept.push_back(std::move(placed));
      continue;
    }
    const Placed& other = kept[entry->second];
    sink.report(semantic::diag::DuplicateDeclaration, Place::in_file(placed.declaration.file, placed.name_span),
                fmt::format("the {} `{}` is declared twice", semantic::decl_kind_name(placed.declaration.kind),
                            placed.declaration.name.text()))
        .label(Place::in_file(other.declaration.file, other.name_span), "first declared here")
        .help("rename or remove one of them");
  }
  out.placed = std::move(kept);
  auto found = sink.take();
  out.diagnostics.insert(out.diagnostics.end(), found.begin(), found.end());
  return out;
}

}  // namespace pipec::project
