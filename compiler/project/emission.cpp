#include "project/emission.h"

#include <fmt/format.h>

#include "backend/documents.h"
#include "base/parallel.h"
#include "semantic/diagnostics.h"

namespace pipec::project {

using backend::Backend;
using backend::Capability;
using backend::View;

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

void add_files(std::string_view folder, const ArtifactFiles& files, ArtifactFiles& out) {
  for (const auto& [path, text] : files) out[fmt::format("{}/{}", folder, path)] = text;
}

// What a backend must be able to do for an object, and the object's name in words.
struct Need {
  Capability capability;
  const pipeline::Head* head;
  std::string what;
};

Capability of_model(pipeline::Materialization materialization) {
  switch (materialization) {
    case pipeline::Materialization::View:
      return Capability::ModelView;
    case pipeline::Materialization::Full:
      return Capability::ModelFull;
    case pipeline::Materialization::IncrementalByTime:
      return Capability::ModelIncrementalByTime;
    case pipeline::Materialization::IncrementalByKey:
      return Capability::ModelIncrementalByKey;
  }
  return Capability::ModelView;
}

std::vector<Need> needs_of(const pipeline::Pipeline& pipeline) {
  std::vector<Need> needs;
  for (const auto& source : pipeline.sources)
    needs.push_back({Capability::SourcePostgres, &source.head, "a postgres source"});
  for (const auto& cdc : pipeline.cdcs) {
    needs.push_back({Capability::CdcCurrent, &cdc.head, "a captured table"});
    if (cdc.history) needs.push_back({Capability::CdcHistory, &cdc.head, "a history"});
  }
  for (const auto& model : pipeline.models) {
    needs.push_back({of_model(model.materialization), &model.head,
                     fmt::format("a model that is `{}`", pipeline::materialization_name(model.materialization))});
  }
  for (const auto& check : pipeline.checks) needs.push_back({Capability::Check, &check.head, "a check"});
  for (const auto& e : pipeline.exports) needs.push_back({Capability::ExportPostgresUpsert, &e.head, "an export"});
  for (const auto& schedule : pipeline.schedules) needs.push_back({Capability::Schedule, &schedule.head, "a schedule"});
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

void check_claims(const pipeline::Pipeline& pipeline, Sink& sink) {
  std::vector<const Backend*> enabled = enabled_backends(pipeline.target);
  for (const Need& need : needs_of(pipeline)) {
    bool claimed = false;
    std::string able;
    for (const Backend* backend : backend::all_backends()) {
      if (!backend->info().supports.count(need.capability)) continue;
      able += fmt::format("{}`{}`", able.empty() ? "" : " or ", backend->info().name);
      for (const Backend* on : enabled) claimed = claimed || on == backend;
    }
    if (claimed) continue;
    sink.report(semantic::diag::NotSupported, Place::in(need.head->declaration, {}),
                fmt::format("no backend of target `{}` takes on {}: `{}`", pipeline.target.name, need.what,
                            need.head->name.text()))
        .help(able.empty()
                  ? "no backend of pipec can do it yet: take it out"
                  : fmt::format("turn on {} under `targets: {}: backends:` in pipec.yaml", able, pipeline.target.name));
  }
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
      job.cached->output = {{}, job.backend->emit(view, job.unit)};
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
  emit_core(pipeline, out, threads);
  std::erase_if(cache_, [](const auto& entry) { return !entry.second.used; });
  return out;
}

}  // namespace pipec::project
