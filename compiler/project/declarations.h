// Files into declarations, each piece cached by the hash of its text: an edit redoes the block that it touches.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/vfs.h"
#include "diagnostics/render.h"
#include "semantic/declaration.h"
#include "syntax/parse.h"

namespace pipec::project {

/// A declaration with where it stands now and what its syntax said.
struct Placed {
  semantic::Declaration declaration;
  std::shared_ptr<const syntax::ParsedBlock> block;
  Span name_span;  // in the file
};

struct LostBlock {
  Symbol name;  // folded; may be empty
  Symbol file;
  Span span;
};

struct Declarations {
  std::vector<Placed> placed;           // by path, then offset; of two with one key only the first
  std::vector<LostBlock> lost;          // of a kind that nobody knows
  std::vector<Diagnostic> diagnostics;  // unreadable files, syntax errors, names declared twice
  SourceTexts texts;                    // of every file that was read
  std::vector<std::string_view> files;  // sorted paths of all other files
};

class DeclarationStore {
 public:
  /// Reads every .pipe file. `jobs` threads parse.
  Declarations load(const Vfs& vfs, unsigned jobs);

 private:
  struct File {
    Fingerprint hash;
    std::shared_ptr<const syntax::FileScan> scan;
    std::vector<Fingerprint> blocks;  // hash of each block's text
  };
  struct Block {
    std::shared_ptr<const syntax::ParsedBlock> parsed;
    std::shared_ptr<const ast::Tree> tree;
    uint64_t generation = 0;
  };
  const File& scan(const std::string& path, const std::string& text);
  void parse_missing(const Declarations& out, unsigned jobs);
  void place(const std::string& path, Declarations& out);
  void sweep();

  std::unordered_map<std::string, File> files_;
  std::unordered_map<Fingerprint, Block> blocks_;
  uint64_t generation_ = 0;
};

}  // namespace pipec::project
