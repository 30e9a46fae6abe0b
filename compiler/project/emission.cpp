#include "project/emission.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "backend/deploy.h"
#include "backend/documents.h"
#include "base/parallel.h"
#include "semantic/diagnostics.h"

namespace pipec::project {

using backend::Backend;
using backend::Capability;
using backend::View;
using pipeline::Need;

namespace {

Symbol cache_key(const char* pass, std::string_view backend, Symbol unit) {
  return Symbol::of(fmt::format("{} {} {}", pass, backend, unit.text()));
}

bool still_holds(const View::Reads& reads, const pipeline::Pipeline& pipeline, const Emission& so_far) {
  for (const auto& [key, fingerprint] : reads) {
    if (!(View::current(pipeline, so_far.steps, key) == fingerprint)) return false;
  }
  return true;
}

// What only looks lies apart from what changes something.
void add_files(std::string_view folder, const ArtifactFiles& files, ArtifactFiles& out) {
  constexpr std::string_view kVerify = "verify/";
  for (const auto& [path, text] : files) {
    std::string_view rest = path;
    bool verify = rest.starts_with(kVerify);
    if (verify) rest.remove_prefix(kVerify.size());
    out[fmt::format("{}{}/{}", verify ? kVerify : "", folder, rest)] = text;
  }
}

Capability of_model(pipeline::Materialization materialization) {
  switch (materialization) {
    case pipeline::Materialization::View:
      return Capability::ModelView;
    case pipeline::Materialization::Full:
      return Capability::ModelFull;
    case pipeline::Materialization::Streaming:
      return Capability::ModelStreaming;
    case pipeline::Materialization::MaterializedView:
      return Capability::ModelMaterializedView;
    case pipeline::Materialization::Python:
      return Capability::ModelPython;
    case pipeline::Materialization::IncrementalByTime:
      return Capability::ModelIncrementalByTime;
    case pipeline::Materialization::IncrementalByKey:
      return Capability::ModelIncrementalByKey;
  }
  return Capability::ModelView;
}

Capability of_source(std::string_view kind) {
  if (kind == "sqlserver") return Capability::SourceSqlServer;
  if (kind == "mysql") return Capability::SourceMySql;
  if (kind == "kafka") return Capability::SourceKafka;
  if (kind == "files") return Capability::SourceFiles;
  if (kind == "rest") return Capability::SourceRest;
  if (kind == "external") return Capability::SourceExternal;
  return Capability::SourcePostgres;
}

Capability of_load(const pipeline::Pipeline& pipeline, const pipeline::Load& load) {
  const pipeline::Source* source = pipeline.source(load.source);
  std::string_view kind = source ? source->kind.text() : std::string_view();
  if (kind == "files") return Capability::LoadFiles;
  if (kind == "rest") return Capability::LoadService;
  if (kind == "kafka") return Capability::LoadTopic;
  return Capability::LoadDatabase;
}

Capability of_export(pipeline::ExportMode mode) {
  switch (mode) {
    case pipeline::ExportMode::Upsert:
      return Capability::ExportPostgresUpsert;
    case pipeline::ExportMode::Swap:
      return Capability::ExportSwap;
    case pipeline::ExportMode::Replace:
      return Capability::ExportReplace;
  }
  return Capability::ExportPostgresUpsert;
}

// What follows from the objects, before what their items ask for.
std::vector<Need> needs_of(const pipeline::Pipeline& pipeline) {
  std::vector<Need> needs;
  auto add = [&](Capability capability, const pipeline::Head& head, std::string what) {
    needs.push_back({capability, head.declaration, {}, fmt::format("{}: `{}`", what, head.name.text())});
  };
  for (const auto& source : pipeline.sources) {
    add(of_source(source.kind.text()), source.head, fmt::format("a source of kind `{}`", source.kind.text()));
  }
  for (const auto& cdc : pipeline.cdcs) {
    add(Capability::CdcCurrent, cdc.head, "a captured table");
    if (cdc.history) add(Capability::CdcHistory, cdc.head, "a history");
  }
  for (const auto& load : pipeline.loads) add(of_load(pipeline, load), load.head, "a load");
  for (const auto& snapshot : pipeline.snapshots) add(Capability::Snapshot, snapshot.head, "a snapshot");
  for (const auto& seed : pipeline.seeds) add(Capability::Seed, seed.head, "a seed");
  for (const auto& model : pipeline.models) {
    std::string words(pipeline::materialization_name(model.materialization));
    std::replace(words.begin(), words.end(), '_', ' ');  // as it is written
    add(of_model(model.materialization), model.head, fmt::format("a model that is `{}`", words));
  }
  for (const auto& check : pipeline.checks) add(Capability::Check, check.head, "a check");
  for (const auto& destination : pipeline.destinations) {
    if (destination.kind.text() != "postgres") {
      add(Capability::Destination, destination.head,
          fmt::format("a destination of kind `{}`", destination.kind.text()));
    }
  }
  for (const auto& e : pipeline.exports) add(of_export(e.mode), e.head, "an export");
  for (const auto& publish : pipeline.publishes) add(Capability::Publish, publish.head, "a publish");
  for (const auto& entity : pipeline.entities) add(Capability::Entity, entity.head, "an entity");
  for (const auto& metric : pipeline.metrics) add(Capability::Metric, metric.head, "a metric");
  for (const auto& dashboard : pipeline.dashboards) add(Capability::Dashboard, dashboard.head, "a dashboard");
  for (const auto& job : pipeline.jobs) add(Capability::Job, job.head, "a job");
  for (const auto& schedule : pipeline.schedules) add(Capability::Schedule, schedule.head, "a schedule");
  needs.insert(needs.end(), pipeline.needs.begin(), pipeline.needs.end());
  return needs;
}

}  // namespace

std::vector<const Backend*> enabled_backends(const pipeline::Target& target) {
  std::vector<const Backend*> enabled;
  for (const Backend* backend : backend::all_backends()) {
    if (target.backends.count(std::string(backend->info().name))) enabled.push_back(backend);
  }
  return enabled;
}

bool check_claims(const pipeline::Pipeline& pipeline, Sink& sink) {
  std::vector<const Backend*> enabled = enabled_backends(pipeline.target);
  std::set<Symbol, ByText> refused;  // one error a declaration: the rest follows from it, or comes up next
  for (const Need& need : needs_of(pipeline)) {
    bool claimed = false;
    std::string able;
    for (const Backend* backend : backend::all_backends()) {
      if (!backend->info().supports.count(need.capability)) continue;
      able += fmt::format("{}`{}`", able.empty() ? "" : " or ", backend->info().name);
      for (const Backend* on : enabled) claimed = claimed || on == backend;
    }
    if (claimed || !refused.insert(need.declaration).second) continue;
    sink.report(semantic::diag::NotSupported, Place::in(need.declaration, need.span),
                fmt::format("no backend of target `{}` takes on {}", pipeline.target.name, need.what))
        .help(able.empty()
                  ? "no backend of pipec can do it yet: take it out"
                  : fmt::format("turn on {} under `targets: {}: backends:` in pipec.yaml", able, pipeline.target.name));
  }
  return refused.empty();
}

void EmissionStore::run(Pass pass, const pipeline::Pipeline& pipeline, std::vector<Job>& jobs, const Emission& so_far,
                        unsigned threads) {
  std::vector<Job*> stale;
  for (Job& job : jobs) {
    auto [entry, is_new] = cache_.try_emplace(job.key);
    job.cached = &entry->second;
    job.cached->used = true;
  }
  for (Job& job : jobs) {
    job.cached = &cache_.at(job.key);  // the map may have grown
    if (!job.cached->computed || !still_holds(job.cached->reads, pipeline, so_far)) stale.push_back(&job);
  }
  parallel_for(stale.size(), threads, [&](size_t i) {
    Job& job = *stale[i];
    View view(pipeline, so_far.steps);
    if (pass == Pass::Lower) {
      job.cached->output = job.backend->lower(view, job.unit);
    } else {
      job.cached->output = {{}, job.backend->emit(view, job.unit), {}};
    }
    job.cached->reads = view.reads();
    job.cached->computed = true;
  });
  emitted_anew_ += stale.size();
}

void EmissionStore::emit_core(const pipeline::Pipeline& pipeline, Emission& out, unsigned threads) {
  std::vector<std::string> documents(pipeline.nodes.size());
  parallel_for(pipeline.nodes.size(), threads, [&](size_t i) {
    Symbol name = pipeline.nodes[i].head.name;
    View view(pipeline, out.steps);
    documents[i] = backend::node_document(view, name);
  });
  for (size_t i = 0; i < documents.size(); ++i) {
    out.files[backend::node_path(pipeline.nodes[i].head.name)] = std::move(documents[i]);
  }
  View view(pipeline, out.steps);
  out.files["index.json"] = backend::index_document(view);
}

Emission EmissionStore::emit(const pipeline::Pipeline& pipeline, unsigned threads) {
  Emission out;
  emitted_anew_ = 0;
  for (auto& [key, cached] : cache_) cached.used = false;
  std::vector<const Backend*> enabled = enabled_backends(pipeline.target);
  for (Pass pass : {Pass::Lower, Pass::Emit}) {
    std::vector<Job> jobs;
    for (const Backend* backend : enabled) {
      for (const backend::Unit& unit : backend->units(pipeline)) {
        const char* name = pass == Pass::Lower ? "lower" : "emit";
        jobs.push_back({backend, unit, cache_key(name, backend->info().name, unit.key)});
      }
    }
    run(pass, pipeline, jobs, out, threads);
    for (const Job& job : jobs) {
      const std::vector<backend::Refusal>& refused = job.cached->output.refusals;
      out.refusals.insert(out.refusals.end(), refused.begin(), refused.end());
      add_files(job.backend->info().name, job.cached->output.files, out.files);
      for (const pipeline::StepList& list : job.cached->output.steps) {
        // An export has steps of one backend only; a platform has its own owner name.
        pipeline::StepList& known = out.steps[list.owner];
        known.owner = list.owner;
        known.steps.insert(known.steps.end(), list.steps.begin(), list.steps.end());
      }
    }
  }
  for (const Backend* backend : enabled) {
    View view(pipeline, out.steps);
    add_files(backend->info().name, backend->index(view, out.files), out.files);
  }
  std::vector<backend::DeployStep> deployed;
  for (const Backend* backend : enabled) {
    View view(pipeline, out.steps);
    for (backend::DeployStep& step : backend->deploy(view, out.files)) deployed.push_back(std::move(step));
  }
  std::sort(out.refusals.begin(), out.refusals.end());
  out.refusals.erase(std::unique(out.refusals.begin(), out.refusals.end()), out.refusals.end());
  emit_core(pipeline, out, threads);
  out.files["deploy.json"] = backend::deploy_document(pipeline, out.steps, deployed);
  std::erase_if(cache_, [](const auto& entry) { return !entry.second.used; });
  return out;
}

}  // namespace pipec::project
