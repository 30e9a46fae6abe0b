// The embedded pages: their source is written by embed_pages.cmake while building.
#pragma once

#include <string_view>
#include <vector>

namespace pipec {

struct DiagnosticPage {
  std::string_view code;
  std::string_view markdown;
};

const std::vector<DiagnosticPage>& diagnostic_pages();

}  // namespace pipec
