# cmake -DROOT=... -DOUTPUT=... -P embed_pages.cmake: the pages of all diagnostics as one C++ source.
file(GLOB pages ${ROOT}/docs/diagnostics/PIPE*.md ${ROOT}/backends/*/diagnostics/PIPE*.md)
set(entries "")
foreach(page IN LISTS pages)
  get_filename_component(code "${page}" NAME_WE)
  file(READ "${page}" text)
  string(APPEND entries "    {\"${code}\", R\"pipec_page(${text})pipec_page\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"diagnostics/pages.h\"

namespace pipec {

const std::vector<DiagnosticPage>& diagnostic_pages() {
  static const std::vector<DiagnosticPage> pages = {
${entries}  };
  return pages;
}

}  // namespace pipec
")
