// Lines and columns of places in files, each file's index made once.
#pragma once

#include <map>

#include "diagnostics/render.h"

namespace pipec {

class LineIndexes {
 public:
  explicit LineIndexes(const SourceTexts& texts) : texts_(texts) {}

  /// nullptr if the file's text is not there: it could not be read.
  const LineIndex* of(std::string_view path) {
    auto known = indexes_.find(path);
    if (known != indexes_.end()) return &known->second;
    auto text = texts_.find(path);
    if (text == texts_.end()) return nullptr;
    return &indexes_.emplace(text->first, LineIndex(text->second)).first->second;
  }

 private:
  const SourceTexts& texts_;
  std::map<std::string, LineIndex, std::less<>> indexes_;
};

}  // namespace pipec
