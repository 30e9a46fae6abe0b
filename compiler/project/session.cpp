#include "project/session.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "pipeline/changes.h"
#include "project/allowances.h"
#include "project/connections.h"
#include "project/consequences.h"
#include "project/diagnostics.h"
#include "project/programs.h"
#include "project/seed_files.h"
#include "project/settings.h"
#include "semantic/diagnostics.h"

namespace pipec::project {
namespace {

// Places inside declarations become places in files, now that it is known where each declaration stands.
class Placer {
 public:
  Placer(const Declarations& declarations, const Resolution& resolution) {
    for (const Placed& placed : declarations.placed) placed_.emplace(placed.declaration.key, &placed);
    for (const semantic::Member& member : resolution.members)
      results_.emplace(member.declaration->key, member.result.get());
  }

  void resolve(Place& place) const {
    if (place.declaration.empty()) return;
    auto found = placed_.find(place.declaration);
    if (found == placed_.end()) return;
    const Placed& placed = *found->second;
    place.file = placed.declaration.file;
    Span span = place.span;
    if (!place.member.empty()) span = member_span(place.declaration, place.member);
    uint32_t offset = placed.declaration.offset;
    place.span = span.empty() ? placed.name_span : Span{offset + span.begin, offset + span.end};
    place.declaration = place.member = Symbol();
  }

  void resolve(Diagnostic& diagnostic) const {
    resolve(diagnostic.place);
    for (Label& label : diagnostic.labels) resolve(label.place);
    for (Edit& edit : diagnostic.fix) resolve(edit.place);
  }

 private:
  Span member_span(Symbol declaration, Symbol member) const {
    auto result = results_.find(declaration);
    if (result == results_.end()) return {};
    auto found = result->second->members.find(member.folded());
    return found == result->second->members.end() ? Span{} : found->second;
  }

  std::unordered_map<Symbol, const Placed*> placed_;
  std::unordered_map<Symbol, const semantic::Resolved*> results_;
};

void append(std::vector<Diagnostic>& to, std::vector<Diagnostic> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity() == Severity::Error; });
}

}  // namespace

const Analysis& Session::analyze(const SessionOptions& options) {
  analysis_ = {};
  Sink sink;
  ProjectSettings settings = load_settings(*vfs_, options.target, options.variables, sink);
  Declarations declarations = declarations_.load(*vfs_, options.jobs);
  if (declarations.texts.empty() && !has_errors(declarations.diagnostics) && settings.readable) {
    sink.report(diag::EmptyProject, Place::in_file(Symbol::of(kConfigFile), {}), "the project has no .pipe file")
        .help("write the first declaration into a file that ends in `.pipe`, beside pipec.yaml");
  }
  settings.facts.files = declarations.files;
  Resolution resolution = resolution_.resolve(declarations, settings.facts, options.jobs);
  analysis_.pipeline = semantic::assemble(resolution.members);
  analysis_.pipeline.project = settings.name;
  analysis_.pipeline.target = settings.target;
  analysis_.pipeline.connections = settings.connections;
  SourceTexts seed_texts;
  semantic::check_renamed_exports(analysis_.pipeline, sink);
  semantic::check_meaning(resolution.members, analysis_.pipeline, sink);
  semantic::resolve_selections(resolution.members, analysis_.pipeline, sink);

  if (settings.readable) check_connections(analysis_.pipeline, sink);
  semantic::leave_out(analysis_.pipeline);

  append(analysis_.diagnostics, std::move(declarations.diagnostics));
  append(analysis_.diagnostics, std::move(resolution.diagnostics));
  append(analysis_.diagnostics, sink.take());
  if (!has_errors(analysis_.diagnostics)) {
    // What follows reads a graph without holes. A file that a wrong column does not fit is no second mistake.
    read_seeds(*vfs_, analysis_.pipeline, seed_texts, sink);
    read_programs(*vfs_, analysis_.pipeline, sink);
    pipeline::check_incremental(analysis_.pipeline, sink);
    Sink unclaimed;
    bool claimed = check_claims(analysis_.pipeline, options.build ? sink : unclaimed);
    // A backend knows only what it takes on: its own rules come once everything is taken on by somebody.
    for (const backend::Backend* backend : enabled_backends(analysis_.pipeline.target)) {
      if (claimed) backend->check(analysis_.pipeline, sink);
    }
    append(analysis_.diagnostics, sink.take());
  }
  Placer placer(declarations, resolution);
  for (Diagnostic& diagnostic : analysis_.diagnostics) placer.resolve(diagnostic);
  drop_consequences(declarations, resolution, analysis_.diagnostics);
  apply_allowances(declarations, analysis_.diagnostics);
  deny(settings.deny, analysis_.diagnostics);
  deny(options.deny, analysis_.diagnostics);
  sort_diagnostics(analysis_.diagnostics);
  placed_ = std::move(declarations.placed);
  analysis_.texts = std::move(declarations.texts);
  analysis_.texts.merge(seed_texts);
  analysis_.texts.emplace(std::string(kConfigFile), std::move(settings.text));
  analysis_.ok = !has_errors(analysis_.diagnostics);
  return analysis_;
}

Emission Session::emit(unsigned jobs) {
  Emission emission = emission_.emit(analysis_.pipeline, jobs);
  if (emission.refusals.empty()) return emission;
  // What belongs to no declaration comes of the target.
  std::unordered_map<Symbol, Place> declared{{Symbol(), Place::in_file(Symbol::of(kConfigFile), {})}};
  for (const Placed& placed : placed_)
    declared.emplace(placed.declaration.key, Place::in_file(placed.declaration.file, placed.name_span));
  Sink sink;
  for (const backend::Refusal& refusal : emission.refusals)
    sink.report(semantic::diag::Unsayable, declared[refusal.declaration], refusal.message).help("give it another name");
  append(analysis_.diagnostics, sink.take());
  sort_diagnostics(analysis_.diagnostics);
  analysis_.ok = false;
  return emission;
}

}  // namespace pipec::project
