// The backend: the warehouse on Databricks, as Delta tables and views.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "databricks/cdc.h"
#include "databricks/diagnostics.h"
#include "databricks/gates.h"
#include "databricks/kept.h"
#include "databricks/ledger.h"
#include "databricks/load.h"
#include "databricks/masks.h"
#include "databricks/metric.h"
#include "databricks/model.h"
#include "databricks/pipelines.h"
#include "databricks/seed.h"
#include "pipeline/captured_rows.h"

namespace pipec::backend {

namespace databricks {
namespace {

constexpr std::string_view kCdc = "cdc:";
constexpr std::string_view kModel = "model:";
constexpr std::string_view kCheck = "check:";
constexpr std::string_view kSeed = "seed:";
constexpr std::string_view kLoad = "load:";
constexpr std::string_view kJob = "job:";
constexpr std::string_view kMetric = "metric:";
constexpr std::string_view kPlatform = "platform";

class DatabricksBackend : public Backend {
 public:
  const BackendInfo& info() const override {
    static const BackendInfo kInfo = {
        "databricks",
        {{"cdc", "merge", {"merge", "auto_cdc"}, "what keeps captured tables and histories: MERGE, or AUTO CDC"},
         {"pii_readers", "", {}, "the group of the account that sees personal data; everybody else sees masks"}},
        {Capability::CdcLog,
         Capability::CdcCurrent,
         Capability::CdcHistory,
         Capability::CdcAddColumns,
         Capability::SourceZone,
         Capability::ModelView,
         Capability::ModelFull,
         Capability::ModelIncrementalByTime,
         Capability::ModelIncrementalByKey,
         Capability::ModelMaterializedView,
         Capability::ModelStreaming,
         Capability::Check,
         Capability::Seed,
         Capability::ModelKey,
         Capability::ModelPartition,
         Capability::ModelGrant,
         Capability::LoadFiles,
         Capability::SourceFiles,
         Capability::LoadService,
         Capability::SourceRest,
         Capability::Entity,
         Capability::Metric,
         Capability::ModelPython,
         Capability::Job}};
    return kInfo;
  }

  std::vector<Unit> units(const pipeline::Pipeline& pipeline) const override {
    std::vector<Unit> units{{Symbol::of(kPlatform)}};
    auto add = [&](std::string_view kind, Symbol name) {
      units.push_back({Symbol::of(fmt::format("{}{}", kind, name.text()))});
    };
    for (const pipeline::Cdc& cdc : pipeline.cdcs) add(kCdc, cdc.head.name);
    for (const pipeline::Metric& metric : pipeline.metrics) add(kMetric, metric.head.name);
    for (const pipeline::Load& load : pipeline.loads) add(kLoad, load.head.name);
    for (const pipeline::Seed& seed : pipeline.seeds) add(kSeed, seed.head.name);
    for (const pipeline::Job& job : pipeline.jobs) add(kJob, job.writes);
    for (const pipeline::Model& model : pipeline.models) add(kModel, model.head.name);
    for (const pipeline::Check& check : pipeline.checks) add(kCheck, check.head.name);
    return units;
  }

  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override {
    check_names(pipeline, sink);
    const bool auto_cdc = Names(pipeline.target).auto_cdc();
    for (const pipeline::Cdc& cdc : pipeline.cdcs) {
      check_columns(pipeline, cdc, sink);
      if (auto_cdc) check_auto_cdc(pipeline, cdc, sink);
    }
    for (const pipeline::Metric& metric : pipeline.metrics) check_metric(pipeline, metric, sink);
    for (const pipeline::Load& load : pipeline.loads) check_load(pipeline, load, sink);
    for (const pipeline::Model& model : pipeline.models) {
      check_layout(pipeline, model, sink);
      check_kept(pipeline, model, sink);
      check_guard(pipeline, model, sink);
      const pipeline::Node* node = pipeline.node(model.head.name);
      if (node && model.program.text) check_program(pipeline, model.program, *node, {}, sink);
    }
    for (const pipeline::Job& job : pipeline.jobs) {
      if (const pipeline::Node* node = pipeline.node(job.writes))
        check_program(pipeline, job.program, *node, job.key, sink);
    }
  }

  ArtifactFiles index(View& view, const ArtifactFiles& emitted) const override { return pipeline_index(view, emitted); }

  Output lower(View& view, const Unit& unit) const override {
    Output output;
    Names names(view.target());
    std::string_view key = unit.key.text();
    if (key == kPlatform) {
      lower_platform(view, names, output);
    } else if (key.starts_with(kCdc)) {
      lower_cdc(view, names, Symbol::of(key.substr(kCdc.size())), output);
    } else if (key.starts_with(kModel)) {
      Symbol name = Symbol::of(key.substr(kModel.size()));
      const pipeline::Model* model = view.model(name);
      const pipeline::Node* node = view.node(name);
      const bool is_whole = model && node && (model->query.bound || model->program.text);
      if (is_whole) ModelLowering(view, names, *model, *node).lower(output);
    } else if (key.starts_with(kJob)) {
      lower_job(view, names, Symbol::of(key.substr(kJob.size())), output);
    } else if (key.starts_with(kLoad)) {
      lower_load(view, names, Symbol::of(key.substr(kLoad.size())), output);
    } else if (key.starts_with(kMetric)) {
      lower_metric(view, names, Symbol::of(key.substr(kMetric.size())), output);
    } else if (key.starts_with(kSeed)) {
      lower_seed(view, names, Symbol::of(key.substr(kSeed.size())), output);
    } else if (key.starts_with(kCheck)) {
      lower_check(view, names, Symbol::of(key.substr(kCheck.size())), output);
    }
    return output;
  }

 private:
  /// Schemas, and the ledger that all nodes share.
  static void lower_platform(View& view, const Names& names, Output& output) {
    std::map<std::string, bool> schemas{{std::string(kSchema), true}};
    std::set<std::string> personal{std::string(kSchema)};
    for (const pipeline::Node& node : view.everything().nodes) {
      std::string_view name = node.head.name.text();
      size_t dot = name.find('.');
      if (node.kind == pipeline::NodeKind::Export || dot == std::string_view::npos) continue;
      schemas[std::string(name.substr(0, dot))];
      if (is_personal(node.columns)) personal.emplace(name.substr(0, dot));
    }
    if (!view.everything().metrics.empty()) schemas[std::string(kMetricSchema)];
    StepWriter steps(Symbol::of("platform:databricks"), nullptr);
    for (const auto& [schema, own] : schemas) {
      steps.migrate(fmt::format("schema.{}", schema), [&, name = schema](Statement& s) {
        return s.sql.ddl("create schema if not exists {}", s.sql.qname(names.schema(name)));
      });
    }
    Ledger::create(steps, names);
    create_masks(steps, names, personal);
    steps.take(output);
  }

  /// A job is a model in Python with a name of its own.
  static void lower_job(View& view, const Names& names, Symbol written, Output& output) {
    const pipeline::Job* job = view.job(written);
    const pipeline::Node* node = view.node(written);
    if (!job || !node || !job->program.text) return;
    pipeline::Model model;
    model.head = job->head;
    model.materialization = pipeline::Materialization::Python;
    model.incremental.columns = job->key;
    model.program = job->program;
    ModelLowering(view, names, model, *node).lower(output);
  }

  static void lower_cdc(View& view, const Names& names, Symbol current, Output& output) {
    Capture capture(view, names, current);
    if (!capture) return;
    if (const pipeline::Node* log = view.node(capture.cdc->log)) lower_log(capture, *log, output);
    const bool auto_cdc = names.auto_cdc();
    if (const pipeline::Node* node = view.node(current)) {
      auto_cdc ? lower_current_auto(capture, *node, output) : lower_current(capture, *node, output);
    }
    if (!capture.cdc->history) return;
    if (const pipeline::Node* history = view.node(*capture.cdc->history)) {
      auto_cdc ? lower_history_auto(capture, *history, output) : lower_history(capture, *history, output);
    }
  }

  /// Tables of pipec's own lie beside or among those of the author.
  static void check_names(const pipeline::Pipeline& pipeline, Sink& sink) {
    std::map<std::string, const pipeline::Node*> taken;
    for (const pipeline::Node& node : pipeline.nodes) {
      if (node.kind == pipeline::NodeKind::Export) continue;
      Place place = Place::of_member(node.head.declaration, {});
      std::string_view name = node.head.name.text();
      if (name.starts_with("pipec.")) {
        sink.report(diag::ReservedName, place, fmt::format("`{}` lies in the schema of pipec's own tables", name))
            .help("choose another schema");
      }
      auto [first, fresh] = taken.emplace(Names::work_name(node.head.name, ""), &node);
      if (!fresh) {
        sink.report(diag::ReservedName, place,
                    fmt::format("the tables that pipec keeps for `{}` would be those of `{}`", name,
                                first->second->head.name.text()))
            .label(Place::of_member(first->second->head.declaration, {}), "the other one")
            .help("rename one of them");
      }
      if (node.kind != pipeline::NodeKind::CdcCurrent && node.kind != pipeline::NodeKind::CdcHistory) continue;
      std::string rows = fmt::format("{}{}", name, pipeline::kRowsSuffix);
      if (const pipeline::Node* other = pipeline.node(Symbol::of(rows))) {
        sink.report(diag::ReservedName, Place::of_member(other->head.declaration, {}),
                    fmt::format("`{}` is the table below the view `{}`", rows, name))
            .label(place, "this view")
            .help("choose another name");
      }
    }
  }

  /// What asks for the group of `pii_readers` is shown as a check of the model.
  static void check_guard(const pipeline::Pipeline& pipeline, const pipeline::Model& model, Sink& sink) {
    if (Names(pipeline.target).pii_readers().empty()) return;
    for (const pipeline::Expect& expect : model.expects) {
      if (expect.name.folded().text() != kReaderCheck) continue;
      sink.report(diag::ReservedName, Place::of_member(model.head.declaration, {}),
                  fmt::format("an expectation of `{}` has the name of the check for `pii_readers`, `{}`",
                              model.head.name.text(), kReaderCheck))
          .help("rename the expectation");
    }
  }

  /// A metric's name becomes a view's.
  static void check_metric(const pipeline::Pipeline& pipeline, const pipeline::Metric& metric, Sink& sink) {
    Symbol name = Symbol::of(fmt::format("{}.{}", kMetricSchema, metric.head.name.text()));
    if (const pipeline::Node* node = pipeline.node(name)) {
      sink.report(diag::ReservedName, Place::of_member(metric.head.declaration, {}),
                  fmt::format("the view of this metric would be `{}`", name.text()))
          .label(Place::of_member(node->head.declaration, {}), "which is this table")
          .help("rename one of them");
    }
  }

  /// What Unity Catalog and Delta say of keys and partitions.
  static void check_layout(const pipeline::Pipeline& pipeline, const pipeline::Model& model, Sink& sink) {
    const pipeline::Node* node = pipeline.node(model.head.name);
    if (!node) return;
    Place place = Place::of_member(model.head.declaration, {});
    bool kept = pipeline::is_kept_by_platform(model.materialization);
    bool view = kept || model.materialization == pipeline::Materialization::View;
    if (view && (!model.key.empty() || !model.partition_by.empty())) {
      sink.report(diag::Layout, place,
                  fmt::format("`{}` is {}, which has no key and no partitions", node->head.name.text(),
                              kept ? "kept by the platform" : "a view"))
          .help("take them out, or write `expect unique (...)` for a key that is to be checked");
    }
    if (!model.cluster_by.empty() && !model.partition_by.empty()) {
      sink.report(diag::Layout, place, "a table has partitions or clusters, not both")
          .help("keep `cluster by`, unless something else reads the folders of the partitions");
    }
    for (const pipeline::Column& column : node->columns) {
      auto named = [&](const std::vector<Symbol>& columns) {
        return std::any_of(columns.begin(), columns.end(),
                           [&](Symbol name) { return name.folded() == column.name.folded(); });
      };
      Place at = Place::of_member(model.head.declaration, column.name);
      if (!view && named(model.key) && column.nullable) {
        sink.report(diag::Layout, at, fmt::format("`{}` is part of the key and may be NULL", column.name.text()))
            .help("declare it `not null` in the columns of the model");
      }
      if (named(model.partition_by) && column.type.is_nested()) {
        sink.report(diag::Layout, at, fmt::format("a table has no partitions by {}", column.type.text()))
            .help("choose a column of a simple type");
      }
    }
  }

  /// The source's columns stand beside those that a log and a history have of their own.
  static void check_columns(const pipeline::Pipeline& pipeline, const pipeline::Cdc& cdc, Sink& sink) {
    static constexpr std::string_view kOwn[] = {
        "_before",    "_op",      "_source_ts", "_date",        "_rescued",        "_seq",
        "_ord",       "_tie",     "_file",      "_line",        "_size",           "_modified",
        "_problem",   "_after",   "_corrupt",   "_deleted",     "_deleted_at",     "_row_seq",
        "_row_ord",   "_row_tie", "_from",      "_to",          "_gone",           "_commit",
        "_group",     "_at",      "_moved",     "_change_type", "_commit_version", "_commit_timestamp",
        "valid_from", "valid_to", "is_current", "is_deleted"};
    const pipeline::SourceTable* table = pipeline.source_table(cdc);
    const pipeline::Source* source = pipeline.source(cdc.source);
    if (!table || !source) return;
    for (const pipeline::SourceColumn& column : table->columns) {
      std::string_view name = column.column.name.folded().text();
      bool history_only = !name.starts_with('_');
      if (std::find(std::begin(kOwn), std::end(kOwn), name) == std::end(kOwn)) continue;
      if (history_only && !cdc.history) continue;
      sink.report(diag::ReservedColumn, Place::of_member(cdc.head.declaration, {}),
                  fmt::format("`{}.{}` has a column `{}`, which is a name of pipec's own in the tables of `{}`",
                              table->schema.text(), table->name.text(), name, cdc.head.name.text()))
          .label(Place::of_member(source->head.declaration, {}), "declared in this source")
          .help("leave the column out of the source, or capture a view of the table with another name for it");
    }
  }
};

}  // namespace
}  // namespace databricks

const Backend& databricks_backend() {
  static const databricks::DatabricksBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
