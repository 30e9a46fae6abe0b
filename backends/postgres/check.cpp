#include "postgres/check.h"

#include <algorithm>

#include <fmt/format.h>

#include "postgres/diagnostics.h"
#include "postgres/names.h"

namespace pipec::backend::postgres {
namespace {

constexpr size_t kMaxIdentifier = 63;  // bytes

void check_length(std::string_view what, std::string_view name, Symbol declaration, Symbol member, Sink& sink) {
  if (name.size() <= kMaxIdentifier) return;
  sink.report(diag::LongIdentifier, Place::of_member(declaration, member),
              fmt::format("the {} `{}` has {} bytes, PostgreSQL keeps {}", what, name, name.size(), kMaxIdentifier))
      .help("choose a shorter name: PostgreSQL would cut it without a word");
}

void check_mode(const pipeline::Export& e, const pipeline::Node& node, const pipeline::Node& source, Sink& sink) {
  if (e.keep_deleted && e.mode != pipeline::ExportMode::Upsert) {
    sink.report(diag::KeptByOtherMode, Place::of_member(e.head.declaration, {}),
                "rows that are gone cannot be kept where rows are replaced as a whole")
        .help("write `mode upsert`, or take `deletes keep` out");
  }
  if (e.mode != pipeline::ExportMode::Replace) return;
  for (const pipeline::Column& column : node.columns) {
    if (column.name != e.replace_by || !column.nullable) continue;
    sink.report(diag::NullableTime, Place::of_member(e.head.declaration, {}),
                fmt::format("rows are replaced by `{}`, which may be NULL: such rows would belong to no day",
                            column.name.text()))
        .label(Place::of_member(source.head.declaration, column.name.folded()), "it comes from here")
        .help(fmt::format("declare `{} ... not null` in the contract of `{}`", column.name.text(), e.source.text()));
  }
}

/// pgvector indexes a vector alone, of at most 2000 dimensions, and knows no order of vectors that means anything.
void check_vectors(const pipeline::Export& e, Sink& sink) {
  const Place place = Place::of_member(e.head.declaration, {});
  for (const pipeline::ExportVector& vector : e.vectors) {
    const std::string_view name = vector.column.text();
    if (std::find(e.key.begin(), e.key.end(), vector.column) != e.key.end()) {
      sink.report(diag::VectorUse, place, fmt::format("the vector `{}` is in the key", name))
          .help("find rows by another key");
    }
    for (const auto& index : e.indexes) {
      const bool is_in =
          std::any_of(index.begin(), index.end(), [&](const auto& c) { return c.column == vector.column; });
      if (is_in && index.size() > 1) {
        sink.report(diag::VectorUse, place, fmt::format("the vector `{}` is indexed with other columns", name))
            .help(fmt::format("write `index ({})`, and another index for the others", name));
      } else if (is_in && vector.dimensions > 2000) {
        sink.report(diag::VectorUse, place,
                    fmt::format("`{}` has {} dimensions, and an index of vectors takes 2000", name, vector.dimensions))
            .help("take the index out, or make the vector smaller");
      }
    }
  }
}

void check_export(const pipeline::Pipeline& pipeline, const pipeline::Export& e, Sink& sink) {
  const Symbol declaration = e.head.declaration;
  const pipeline::Node* node = pipeline.node(e.head.name);
  const pipeline::Node* source = pipeline.node(e.source);
  if (!node || !source) return;
  const bool of_view = is_view(*source, pipeline.model(e.source));
  check_length("table", e.head.name.text(), declaration, {}, sink);
  for (Symbol role : e.grant_select_to) check_length("role", role.text(), declaration, {}, sink);
  for (const pipeline::Column& column : node->columns) {
    check_length("column", column.name.text(), source->head.declaration, column.name.folded(), sink);
    const bool in_key = std::find(e.key.begin(), e.key.end(), column.name) != e.key.end();
    if (!in_key || !column.nullable) continue;
    sink.report(diag::NullableKey, Place::of_member(declaration, {}),
                fmt::format("the key column `{}` may be NULL, and no primary key takes that", column.name.text()))
        .label(Place::of_member(source->head.declaration, column.name.folded()), "it comes from here")
        .help(fmt::format("declare `{} ... not null` in the contract of `{}`", column.name.text(), e.source.text()));
  }
  check_mode(e, *node, *source, sink);
  check_vectors(e, sink);
  const SchemaNames names(*pipeline.destination(e.destination));
  for (const pipeline::ExportVersion& version : e.versions) {
    check_length("schema", names.of_version(version.number), declaration, {}, sink);
  }
  if (!of_view || e.mode == pipeline::ExportMode::Swap) return;
  const bool is_history = source->kind == pipeline::NodeKind::CdcHistory;
  const char* why = is_history ? "shows versions, and the change feed below it tells of events: one changes several"
                               : "is a view, and a view does not say what changed";
  sink.report(diag::NoChanges, Place::of_member(declaration, {}), fmt::format("`{}` {}", e.source.text(), why))
      .label(Place::of_member(source->head.declaration, {}), "it is declared here")
      .help(
          "export a model that is a table (`full` or `incremental`), or write `mode swap`: it brings all rows each "
          "time");
}

void check_publishes(const pipeline::Pipeline& pipeline, Sink& sink) {
  for (const pipeline::Publish& publish : pipeline.publishes) {
    if (!is_ours(pipeline, publish)) continue;
    for (Symbol name : publish.exports) {
      const pipeline::Publish* first = publish_of(pipeline, name);
      const bool twice = std::count(publish.exports.begin(), publish.exports.end(), name) > 1;
      if (first == &publish && !twice) continue;
      sink.report(diag::PublishedTwice, Place::of_member(publish.head.declaration, {}),
                  fmt::format("the export `{}` becomes visible with others already", name.text()))
          .label(Place::of_member(first->head.declaration, {}), "here")
          .help("name each export once, in one `publish`");
      break;
    }
    const auto swapped = std::count_if(publish.exports.begin(), publish.exports.end(), [&](Symbol name) {
      const pipeline::Export* e = pipeline.export_(name);
      return e && e->mode == pipeline::ExportMode::Swap;
    });
    if (swapped == 0 || swapped == static_cast<std::ptrdiff_t>(publish.exports.size())) continue;
    sink.report(
            diag::MixedPublish, Place::of_member(publish.head.declaration, {}),
            "a reader with an older snapshot would see the new rows of `mode swap` beside the old ones of the others")
        .help("write `mode swap` in all of its exports, or in none");
  }
}

}  // namespace

bool is_ours(const pipeline::Pipeline& pipeline, const pipeline::Publish& publish) {
  if (publish.exports.empty()) return false;
  const pipeline::Export* e = pipeline.export_(publish.exports.front());
  const pipeline::Destination* destination = e ? pipeline.destination(e->destination) : nullptr;
  return destination && is_ours(*destination);
}

const pipeline::Publish* publish_named(const pipeline::Pipeline& pipeline, Symbol name) {
  for (const pipeline::Publish& publish : pipeline.publishes) {
    if (publish.head.name == name) return &publish;
  }
  return nullptr;
}

const pipeline::Publish* publish_of(const pipeline::Pipeline& pipeline, Symbol e) {
  for (const pipeline::Publish& publish : pipeline.publishes) {
    if (std::find(publish.exports.begin(), publish.exports.end(), e) != publish.exports.end()) return &publish;
  }
  return nullptr;
}

void check_pipeline(const pipeline::Pipeline& pipeline, Sink& sink) {
  check_publishes(pipeline, sink);
  for (const pipeline::Destination& destination : pipeline.destinations) {
    if (!is_ours(destination)) continue;
    // The longest of the names made of it.
    const SchemaNames names(destination);
    check_length("role", names.writer, destination.head.declaration, {}, sink);
  }
  for (const pipeline::Export& e : pipeline.exports) {
    const pipeline::Destination* destination = pipeline.destination(e.destination);
    if (destination && is_ours(*destination)) check_export(pipeline, e, sink);
  }
}

}  // namespace pipec::backend::postgres
