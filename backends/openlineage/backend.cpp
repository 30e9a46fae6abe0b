// Static lineage for catalogues: an OpenLineage event a file, made without a run.
#include "openlineage/backend.h"

#include <fmt/format.h>

#include <regex>

#include "openlineage/check.h"
#include "openlineage/events.h"

namespace pipec::backend {

namespace openlineage {

namespace {

using pipeline::NodeKind;

std::string path_of(std::string_view folder, Symbol name) {
  return fmt::format("{}/{}.json", folder, file_part(name.text()));
}

/// RFC 3339: "2026-11-22T10:00:00Z", with parts of a second and another offset where there are some.
bool is_instant(std::string_view text) {
  static const std::regex kInstant(
      R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d))");
  return std::regex_match(text.begin(), text.end(), kInstant);
}

class OpenLineageBackend final : public Backend {
 public:
  const BackendInfo& info() const override {
    static const BackendInfo kInfo{
        kName,
        {{"namespace", "", {}, "namespace of the jobs; without it: project.target"},
         {"event_time",
          "1970-01-01T00:00:00Z",
          {},
          "an instant, as 2026-11-22T10:00:00Z: eventTime of every event",
          is_instant},
         {"repository", "", {}, "address of the project's folder in its repository, for links to specifications"}},
        {}};
    return kInfo;
  }

  std::vector<Unit> units(const pipeline::Pipeline& pipeline) const override {
    std::vector<Unit> units;
    for (const pipeline::Source& source : pipeline.sources) {
      if (source.kind.text() != "external")
        units.push_back({Symbol::of(fmt::format("source:{}", source.head.name.text()))});
    }
    for (const pipeline::Cdc& cdc : pipeline.cdcs) {
      units.push_back({Symbol::of(fmt::format("cdc:{}", cdc.head.name.text()))});
    }
    for (const pipeline::Node& node : pipeline.nodes) {
      bool captured =
          node.kind == NodeKind::CdcLog || node.kind == NodeKind::CdcCurrent || node.kind == NodeKind::CdcHistory;
      if (!captured) units.push_back({Symbol::of(fmt::format("node:{}", node.head.name.text()))});
    }
    return units;
  }

  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override { check_names(pipeline, sink); }

  ArtifactFiles emit(View& view, const Unit& unit) const override {
    std::string_view key = unit.key.text();
    Symbol name = Symbol::of(key.substr(key.find(':') + 1));
    ArtifactFiles files;
    if (key.starts_with("source:")) {
      const pipeline::Source& source = *view.source(name);
      for (const pipeline::SourceTable& table : source.tables) {
        Symbol full = qualified(name, qualified(table.schema, table.name));
        files[path_of("sources", full)] = print_json(source_event(view, source, table));
      }
    } else if (key.starts_with("cdc:")) {
      captured(view, *view.cdc(name), files);
    } else {
      node(view, *view.node(name), files);
    }
    return files;
  }

 private:
  void captured(View& view, const pipeline::Cdc& cdc, ArtifactFiles& files) const {
    const pipeline::Source& source = *view.source(cdc.source);
    SourceInput from{&source, source.table(cdc.table_schema, cdc.table_name)};
    both(view, *view.node(cdc.log), from, files);
    both(view, *view.node(cdc.head.name), {}, files);
    if (cdc.history) both(view, *view.node(*cdc.history), {}, files);
  }

  void node(View& view, const pipeline::Node& node, ArtifactFiles& files) const {
    Symbol name = node.head.name;
    if (node.kind == NodeKind::Export) {
      Dataset output = export_name(view, *view.export_(name));
      files[path_of("jobs", name)] = print_json(job_event(view, node, output));
      files[path_of("datasets", name)] = print_json(dataset_event(view, node, output));
      return;
    }
    if (node.kind == NodeKind::External) {
      files[path_of("datasets", name)] = print_json(dataset_event(view, node, table_name(view, name)));
      return;
    }
    SourceInput from;
    if (const pipeline::Load* load = node.kind == NodeKind::Load ? view.load(name) : nullptr) {
      const pipeline::Source& source = *view.source(load->source);
      from = {&source, source.table(load->table_schema, load->table_name)};
    }
    both(view, node, from, files);
  }

  /// A table of the warehouse, and the job that fills it.
  void both(View& view, const pipeline::Node& node, SourceInput from, ArtifactFiles& files) const {
    Dataset output = table_name(view, node.head.name);
    files[path_of("jobs", node.head.name)] = print_json(job_event(view, node, output, from));
    files[path_of("datasets", node.head.name)] = print_json(dataset_event(view, node, output));
  }
};

}  // namespace

std::string option(View& view, std::string_view name) {
  return view.target().option(kName, name);
}

}  // namespace openlineage

const Backend& openlineage_backend() {
  static const openlineage::OpenLineageBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
