// What the compiler has to say, and the builder that says it.
//
// A folder lists its kinds in its diagnostics.def, a line each:
//   PIPEC_DIAGNOSTIC(UnknownColumn, "PIPE0301", Error, "a column that does not exist")
// and declares them in its diagnostics.h:
//   namespace pipec::sql::diag {
//   #define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
//   #include "sql/diagnostics.def"
//   #undef PIPEC_DIAGNOSTIC
//   }
// The text stands beside the place that emits it:
//   sink.report(diag::UnknownColumn, where, fmt::format("no column `{}` in {}", ...)).label(...).help(...);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/symbol.h"
#include "base/text.h"

namespace pipec {

enum class Severity : uint8_t { Error, Warning, Note };

struct DiagnosticKind {
  std::string_view code;  // PIPE0301: stable for ever, one page each
  Severity severity;
  std::string_view title;  // a few words, for lists and SARIF rules
};

#define PIPEC_DECLARE_KIND(name, code, severity, title) \
  inline constexpr ::pipec::DiagnosticKind name{code, ::pipec::Severity::severity, title};

/// A place. Either in a file (declaration empty; `file` a path, span absolute), or in a declaration (its key, as
/// "model:gold.x"; span relative to the block), or the name of a member of a declaration (a column of an
/// interface): resolved to file and offset only when results are joined, so that cached results stay true when
/// text above them moves.
struct Place {
  Symbol file;
  Symbol declaration;
  Symbol member;  // when set, `span` is not used
  Span span;

  static Place in_file(Symbol path, Span span) { return {path, {}, {}, span}; }
  static Place in(Symbol declaration, Span span) { return {{}, declaration, {}, span}; }
  static Place of_member(Symbol declaration, Symbol member) { return {{}, declaration, member, {}}; }
};

struct Label {
  Place place;
  std::string text;
};

/// Replace the span's bytes by `text`. A fix is offered only where it is certain.
struct Edit {
  Place place;
  std::string text;
};

struct Diagnostic {
  const DiagnosticKind* kind = nullptr;
  std::string message;  // one sentence, no full stop, names in backticks
  Place place;          // the narrowest wrong words
  std::string at;       // a few words under them; may be empty
  std::vector<Label> labels;
  std::vector<std::string> notes;
  std::string help;  // the remedy
  std::string fix_title;
  std::vector<Edit> fix;
  Symbol about;                  // the missing name, folded: "gold.x", "column:gold.x.fee"; see project/consequences.h
  std::vector<Symbol> typed_by;  // of a type that does not fit: the columns that give it, "gold.x.fee"
  bool denied = false;           // a warning that the project does not put up with

  Severity severity() const { return denied ? Severity::Error : kind->severity; }
};

/// Adds to a diagnostic that is already in a sink; valid until the next report.
class DiagnosticBuilder {
 public:
  explicit DiagnosticBuilder(Diagnostic& diagnostic) : diagnostic_(diagnostic) {}
  DiagnosticBuilder& at(std::string text) { return diagnostic_.at = std::move(text), *this; }
  DiagnosticBuilder& label(Place place, std::string text) {
    return diagnostic_.labels.push_back({place, std::move(text)}), *this;
  }
  DiagnosticBuilder& note(std::string text) { return diagnostic_.notes.push_back(std::move(text)), *this; }
  DiagnosticBuilder& help(std::string text) { return diagnostic_.help = std::move(text), *this; }
  DiagnosticBuilder& about(Symbol missing) { return diagnostic_.about = missing, *this; }
  DiagnosticBuilder& typed_by(std::vector<Symbol> columns) { return diagnostic_.typed_by = std::move(columns), *this; }
  DiagnosticBuilder& fix(std::string title, Place place, std::string text) {
    diagnostic_.fix_title = std::move(title);
    diagnostic_.fix.push_back({place, std::move(text)});
    return *this;
  }

 private:
  Diagnostic& diagnostic_;
};

/// Collects. One a task; tasks never share one.
class Sink {
 public:
  DiagnosticBuilder report(const DiagnosticKind& kind, Place place, std::string message) {
    Diagnostic& added = diagnostics_.emplace_back();
    added.kind = &kind;
    added.place = place;
    added.message = std::move(message);
    return DiagnosticBuilder(added);
  }
  /// What another sink has collected.
  void add(std::vector<Diagnostic> more) {
    for (Diagnostic& diagnostic : more) diagnostics_.push_back(std::move(diagnostic));
  }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  std::vector<Diagnostic> take() { return std::move(diagnostics_); }
  bool has_errors() const;

 private:
  std::vector<Diagnostic> diagnostics_;
};

/// "did you mean `x`?" or "did you mean `x` or `y`?"; empty when nothing is near.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string_view>& candidates);

}  // namespace pipec
