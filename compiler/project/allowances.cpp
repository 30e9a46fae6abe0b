#include "project/allowances.h"

#include <fmt/format.h>

#include <algorithm>

#include "diagnostics/registry.h"
#include "project/diagnostics.h"

namespace pipec::project {
namespace {

using ast::NodeId;
using ast::NodeKind;

constexpr std::string_view kAll = "warnings";

struct Allowance {
  Symbol file;
  Span scope;  // of the declaration or column, in the file
  Span written;
  const DiagnosticKind* kind = nullptr;
  bool used = false;
};

class Collector {
 public:
  explicit Collector(Sink& sink) : sink_(sink) {}

  void collect(const Placed& placed) {
    file_ = placed.declaration.file;
    offset_ = placed.declaration.offset;
    tree_ = placed.declaration.tree.get();
    visit(tree_->root);
  }
  std::vector<Allowance> found;

 private:
  // What an annotation is about is the node that holds the list it stands in.
  void visit(NodeId node) {
    for (NodeId child : tree_->children(node)) {
      if (!child) continue;
      if (tree_->kind(child) == NodeKind::List) {
        for (NodeId member : tree_->list(child)) {
          if (!member) continue;
          if (tree_->kind(member) == NodeKind::Annotation) {
            if (tree_->name(member).text() == "allow") add(member, node);
          } else {
            visit(member);
          }
        }
      } else {
        visit(child);
      }
    }
  }

  Span in_file(NodeId node) const {
    const Span span = (*tree_)[node].span;
    return {offset_ + span.begin, offset_ + span.end};
  }

  void add(NodeId annotation, NodeId owner) {
    const auto arguments = tree_->list(tree_->get<ast::Annotation>(annotation).arguments);
    const Place place = Place::in_file(file_, in_file(annotation));
    auto refuse = [&](std::string message, std::string help) {
      sink_.report(diag::BadAllowance, place, std::move(message)).help(std::move(help));
    };
    const std::string_view code = arguments.empty() ? std::string_view() : value(arguments[0]);
    const DiagnosticKind* kind = find_diagnostic_kind(code);
    const bool complete = arguments.size() == 2 && !value(arguments[1]).empty();
    if (code.empty() || (kind && kind->severity != Severity::Error && !complete)) {
      refuse("`@allow` needs a code and a reason", "write `@allow(PIPE0602, 'why it is right here')`");
      if (!kind) return;
    } else if (!kind) {
      std::vector<std::string_view> codes;
      for (const DiagnosticKind& known : all_diagnostic_kinds()) codes.push_back(known.code);
      return refuse(fmt::format("no diagnostic has the code `{}`", code), did_you_mean(code, codes));
    } else if (kind->severity == Severity::Error) {
      return refuse(fmt::format("{} is an error: it cannot be allowed", kind->code),
                    fmt::format("`pipec explain {}` tells the remedy", kind->code));
    }
    const Span scope = owner == tree_->root ? Span{offset_, in_file(tree_->root).end} : in_file(owner);
    // One mistake, one error: what lacks its reason only is followed all the same.
    found.push_back({file_, scope, in_file(annotation), kind});
  }

  std::string_view value(NodeId argument) const {
    const NodeId node = tree_->get<ast::AnnotationArg>(argument).value;
    return node ? tree_->name(node).text() : std::string_view();
  }

  Sink& sink_;
  Symbol file_;
  uint32_t offset_ = 0;
  const ast::Tree* tree_ = nullptr;
};

bool covers(const Allowance& allowance, const Diagnostic& diagnostic) {
  const Span at = diagnostic.place.span;
  return allowance.kind->code == diagnostic.kind->code && allowance.file == diagnostic.place.file &&
         allowance.scope.begin <= at.begin && at.end <= allowance.scope.end;
}

}  // namespace

void apply_allowances(const Declarations& declarations, std::vector<Diagnostic>& diagnostics) {
  Sink sink;
  Collector collector(sink);
  for (const Placed& placed : declarations.placed) {
    const auto text = declarations.texts.find(placed.declaration.file.text());
    // Nearly no declaration has one, so that its text is asked first.
    if (text == declarations.texts.end()) continue;
    const std::string_view block =
        std::string_view(text->second)
            .substr(placed.declaration.offset, (*placed.declaration.tree)[placed.declaration.tree->root].span.end);
    if (block.find("allow") != std::string_view::npos) collector.collect(placed);
  }
  if (collector.found.empty() && sink.diagnostics().empty()) return;
  std::erase_if(diagnostics, [&](const Diagnostic& diagnostic) {
    bool allowed = false;
    for (Allowance& allowance : collector.found) {
      if (covers(allowance, diagnostic)) allowed = allowance.used = true;
    }
    return allowed;
  });
  // Behind an error not everything was looked at.
  const bool complete = std::none_of(diagnostics.begin(), diagnostics.end(),
                                     [](const Diagnostic& d) { return d.severity() == Severity::Error; });
  for (const Allowance& allowance : collector.found) {
    if (allowance.used || !complete) continue;
    sink.report(diag::UnusedAllowance, Place::in_file(allowance.file, allowance.written),
                fmt::format("there is no {} here to be allowed", allowance.kind->code))
        .help("take the `@allow` away");
  }
  for (Diagnostic& diagnostic : sink.take()) diagnostics.push_back(std::move(diagnostic));
}

bool can_be_denied(std::string_view word) {
  if (word == kAll) return true;
  const DiagnosticKind* kind = find_diagnostic_kind(word);
  return kind && kind->severity == Severity::Warning;
}

void deny(const std::vector<std::string>& words, std::vector<Diagnostic>& diagnostics) {
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.kind->severity != Severity::Warning || diagnostic.denied) continue;
    diagnostic.denied = std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      const DiagnosticKind* kind = find_diagnostic_kind(word);
      return word == kAll || (kind && kind->code == diagnostic.kind->code);
    });
  }
}

}  // namespace pipec::project
