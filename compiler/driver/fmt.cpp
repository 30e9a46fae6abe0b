#include <fmt/format.h>

#include <algorithm>

#include "base/vfs.h"
#include "diagnostics/render.h"
#include "driver/commands.h"
#include "driver/diagnostics.h"
#include "driver/files.h"
#include "driver/line_diff.h"
#include "print/format.h"
#include "project/diagnostics.h"

namespace pipec::driver {
namespace {

constexpr int kFindings = 1;
constexpr int kInternalError = 70;
constexpr int kInputOutputFailed = 74;

class Formatting {
 public:
  explicit Formatting(const FmtRequest& request) : request_(request) {}

  CommandResult run() {
    if (request_.input) {
      one("<stdin>", *request_.input);
    } else {
      for (const std::string& path : request_.paths) add(path);
      std::sort(paths_.begin(), paths_.end());
      paths_.erase(std::unique(paths_.begin(), paths_.end()), paths_.end());
      for (const std::string& path : paths_) file(path);
    }
    sort_diagnostics(diagnostics_);
    if (!diagnostics_.empty()) result_.err = render_text(diagnostics_, texts_, {request_.color}) + result_.err;
    return std::move(result_);
  }

 private:
  void code(int code) { result_.exit_code = std::max(result_.exit_code, code); }

  void unreadable(const std::string& path, const std::string& why) {
    Sink sink;
    sink.report(project::diag::UnreadableFile, Place::in_file(Symbol::of(path), {}),
                fmt::format("cannot read `{}`: {}", path, why));
    take(sink);
    code(kInputOutputFailed);
  }

  void take(Sink& sink) {
    for (Diagnostic& diagnostic : sink.take()) diagnostics_.push_back(std::move(diagnostic));
  }

  /// A specification, or those in a folder.
  void add(const std::string& path) try {
    if (file_kind(path) != FileKind::Folder) {
      if (path.ends_with(".pipe")) {
        paths_.push_back(path);
      } else {
        unreadable(path, "only files whose names end in .pipe are laid out");
      }
      return;
    }
    ListResult found = disk_vfs(path)->list();
    if (!found.ok) unreadable(path, found.error);
    for (const std::string& each : found.paths) {
      if (each.ends_with(".pipe"))
        paths_.push_back(path == "." ? each : path + (path.ends_with('/') ? "" : "/") + each);
    }
  } catch (const IoError& error) {
    unreadable(error.path, error.words);
  }

  void file(const std::string& path) {
    std::string folder = parent_of(path);
    ReadResult read =
        disk_vfs(folder.empty() ? "." : folder)->read(folder.empty() ? path : path.substr(path.rfind('/') + 1));
    if (!read.ok) return unreadable(path, read.error);
    one(path, read.text);
  }

  void one(const std::string& path, const std::string& text) {
    print::Formatted formatted = print::format_file(text);
    report(path, text, formatted);
    bool differs = formatted.text != text;
    if (request_.diff) result_.out += unified_diff(path, text, formatted.text);
    if (request_.check || request_.diff) {
      if (differs) code(kFindings);
      if (differs && !request_.diff) result_.out += path + "\n";
    } else if (request_.input) {
      result_.out += formatted.text;
    } else if (differs) {
      write(path, formatted.text);
    }
  }

  void report(const std::string& path, const std::string& text, const print::Formatted& formatted) {
    Sink sink;
    for (const syntax::SyntaxError& error : formatted.errors) {
      syntax::report(error, sink, [&](Span span) { return Place::in_file(Symbol::of(path), span); });
    }
    take(sink);
    if (!formatted.errors.empty()) {
      texts_.emplace(path, text);
      code(kFindings);
    }
    for (const std::string& block : formatted.refused) {
      result_.err += fmt::format(
          "{}: internal error: the layout of `{}` would have changed it, so it was left as it is\n"
          "This is a fault of pipec: please report it with these words and, if you may, the block.\n",
          path, block);
      code(kInternalError);
    }
  }

  void write(const std::string& path, const std::string& text) try {
    replace_file(path, text);
    result_.out += path + "\n";
  } catch (const IoError& error) {
    Sink sink;
    sink.report(diag::OutputFailed, Place::in_file(Symbol::of(path), {}),
                fmt::format("`{}`: {}", error.path, error.words));
    take(sink);
    code(kInputOutputFailed);
  }

  const FmtRequest& request_;
  std::vector<std::string> paths_;
  std::vector<Diagnostic> diagnostics_;
  SourceTexts texts_;
  CommandResult result_;
};

}  // namespace

CommandResult run_fmt(const FmtRequest& request) {
  return Formatting(request).run();
}

}  // namespace pipec::driver
