#include "project/seed_files.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "artifact/document.h"
#include "base/csv.h"
#include "pipeline/literals.h"
#include "project/diagnostics.h"

namespace pipec::project {
namespace {

using pipeline::Column;
using pipeline::Seed;
using pipeline::SeedRow;

/// A value of the file and where it stands; no text: NULL.
struct Cell {
  std::optional<std::string> text;
  Span span;
};

class SeedReader {
 public:
  SeedReader(const Seed& seed, const pipeline::Node& node, Sink& sink) : seed_(seed), node_(node), sink_(sink) {}

  /// Rows in the order of the node's columns; empty if something was reported.
  std::vector<SeedRow> read(const std::string& text) {
    if (seed_.format.text() == "json") {
      read_json(text);
    } else {
      read_csv(text);
    }
    if (reported_) return {};
    check_key();
    if (rows_.size() > kMostSeedRows) {
      report({}, fmt::format("{} rows are too many for a seed, which is one statement", rows_.size()))
          .help(fmt::format("keep at most {} rows, or declare the file in a source of kind `files` and load it",
                            kMostSeedRows));
    }
    return reported_ ? std::vector<SeedRow>{} : std::move(rows_);
  }
  bool reported() const { return reported_; }

 private:
  Place in_file(Span span) const { return Place::in_file(Symbol::of(seed_.file), span); }

  /// Of what is declared.
  DiagnosticBuilder report_column(Symbol column, std::string message) {
    reported_ = true;
    return sink_.report(diag::BadSeed, Place::of_member(seed_.head.declaration, column), std::move(message));
  }
  /// Of what stands in the file.
  DiagnosticBuilder report(Span span, std::string message) {
    reported_ = true;
    return sink_.report(diag::BadSeed, in_file(span), std::move(message))
        .label(Place::of_member(seed_.head.declaration, {}), "the seed that it belongs to");
  }

  // ---- csv
  void read_csv(const std::string& text) {
    CsvText csv = parse_csv(text);
    if (!csv.error.empty()) {
      report(csv.error_at, csv.error).help("a field in double quotes ends with one; inside it a quote is doubled");
      return;
    }
    if (csv.rows.empty()) {
      report({}, "the file has no line with the names of its columns")
          .help("write the names of the columns into the first line");
      return;
    }
    std::vector<size_t> places = header(csv.rows[0]);
    if (reported_) return;
    for (size_t i = 1; i < csv.rows.size() && !reported_; ++i) {
      const CsvRow& row = csv.rows[i];
      if (row.size() != csv.rows[0].size()) {
        report(row.front().span,
               fmt::format("the line has {} fields, the first one has {}", row.size(), csv.rows[0].size()))
            .help("give each line a field a column; put a field that holds a comma into double quotes");
        return;
      }
      std::vector<Cell> cells;
      for (size_t place : places) {
        const CsvField& field = row[place];
        bool null = field.text.empty() && !field.quoted;
        cells.push_back({null ? std::nullopt : std::optional(field.text), field.span});
      }
      add(cells);
    }
  }

  /// For each column of the node the field that it stands in.
  std::vector<size_t> header(const CsvRow& names) {
    std::vector<size_t> places(node_.columns.size(), names.size());
    for (size_t i = 0; i < names.size(); ++i) {
      size_t column = find(names[i].text);
      if (column == node_.columns.size()) {
        report_column({}, fmt::format("the seed has no column `{}`, but its file does", names[i].text))
            .label(in_file(names[i].span), "here")
            .help(did_you_mean(names[i].text, column_names()));
      } else if (places[column] != names.size()) {
        report(names[i].span, fmt::format("the column `{}` is there twice", names[i].text)).help("keep one of them");
      } else {
        places[column] = i;
      }
    }
    for (size_t i = 0; i < places.size() && !reported_; ++i) {
      if (places[i] == names.size()) missing(names.front().span, node_.columns[i]);
    }
    return places;
  }

  void missing(Span span, const Column& column) {
    report_column(column.name, fmt::format("the file has no column `{}`", column.name.text()))
        .label(in_file(span), "its columns begin here")
        .help("add it to the file, or take it out of the seed's columns");
  }

  // ---- json: an array of objects
  void read_json(const std::string& text) {
    ParsedJson json = parse_json(text);
    const Value::Array* items = json.ok ? json.value.items() : nullptr;
    if (!items) {
      report({}, json.ok ? "the file is no array of objects" : json.error)
          .help("write `[{\"code\": \"AT\"}, ...]`: one object a row");
      return;
    }
    for (size_t i = 0; i < items->size() && !reported_; ++i) read_object((*items)[i], i + 1);
  }

  void read_object(const Value& object, size_t number) {
    if (!object.members()) {
      report({}, fmt::format("row {} is no object", number)).help("write `{\"code\": \"AT\"}`");
      return;
    }
    std::vector<Cell> cells(node_.columns.size());
    for (const auto& [name, value] : *object.members()) {
      size_t column = find(name);
      if (column == node_.columns.size()) {
        report({}, fmt::format("row {} has `{}`, which is no column of the seed", number, name))
            .help(did_you_mean(name, column_names()));
        return;
      }
      if (!scalar(value, cells[column].text)) {
        report({}, fmt::format("`{}` of row {} is no single value", name, number))
            .help("write a text, number or boolean");
        return;
      }
    }
    add(cells);
  }

  static bool scalar(const Value& value, std::optional<std::string>& text) {
    struct Writer {
      std::optional<std::string>& text;
      bool operator()(std::monostate) const { return true; }
      bool operator()(bool v) const { return text = v ? "true" : "false", true; }
      bool operator()(int64_t v) const { return text = std::to_string(v), true; }
      bool operator()(double v) const { return text = fmt::format("{}", v), true; }
      bool operator()(const std::string& v) const { return text = v, true; }
      bool operator()(const Value::Array&) const { return false; }
      bool operator()(const Value::Object&) const { return false; }
    };
    return std::visit(Writer{text}, value.data());
  }

  // ---- rows
  void add(std::vector<Cell>& cells) {
    SeedRow row;
    for (size_t i = 0; i < cells.size() && !reported_; ++i) {
      const Column& column = node_.columns[i];
      const std::optional<std::string>& text = cells[i].text;
      if (!text && !column.nullable) {
        report(cells[i].span, fmt::format("`{}` is never null, and here is nothing", column.name.text()))
            .help("fill it in, or take `not null` away; an empty text is written \"\"");
      } else if (text && !pipeline::is_literal_of(*text, column.type)) {
        report(cells[i].span,
               fmt::format("`{}` is no {}, which `{}` is", *text, column.type.text(), column.name.text()))
            .help(fmt::format("write {}", pipeline::literal_form(column.type)));
      }
      row.push_back(text);
    }
    spans_.push_back(cells.empty() ? Span{} : cells.front().span);
    rows_.push_back(std::move(row));
  }

  void check_key() {
    if (seed_.key.empty()) return;
    std::vector<size_t> places;
    for (Symbol name : seed_.key) places.push_back(find(name.text()));
    std::set<SeedRow> seen;
    for (size_t i = 0; i < rows_.size() && !reported_; ++i) {
      SeedRow key;
      for (size_t place : places) key.push_back(rows_[i][place]);
      if (seen.insert(std::move(key)).second) continue;
      report(spans_[i], "the key of this row is there already")
          .help("keep one of them, or take more columns into the key");
    }
  }

  size_t find(std::string_view name) const {
    Symbol wanted = Symbol::of(name).folded();
    auto found = std::find_if(node_.columns.begin(), node_.columns.end(),
                              [&](const Column& column) { return column.name.folded() == wanted; });
    return static_cast<size_t>(found - node_.columns.begin());
  }
  std::vector<std::string_view> column_names() const {
    std::vector<std::string_view> names;
    for (const Column& column : node_.columns) names.push_back(column.name.text());
    return names;
  }

  const Seed& seed_;
  const pipeline::Node& node_;
  Sink& sink_;
  std::vector<SeedRow> rows_;
  std::vector<Span> spans_;
  bool reported_ = false;
};

}  // namespace

void read_seeds(const Vfs& vfs, pipeline::Pipeline& pipeline, SourceTexts& texts, Sink& sink) {
  for (Seed& seed : pipeline.seeds) {
    const pipeline::Node* node = pipeline.node(seed.head.name);
    if (!node || node->columns.empty() || seed.file.empty()) continue;
    ReadResult file = vfs.read(seed.file);
    if (!file.ok) continue;  // reported where the file is named
    SeedReader reader(seed, *node, sink);
    seed.rows = std::make_shared<const std::vector<SeedRow>>(reader.read(file.text));
    seed.head.fingerprint = Hasher().add(seed.head.fingerprint).add(file.text).finish();
    if (reader.reported()) texts.emplace(seed.file, std::move(file.text));
  }
}

}  // namespace pipec::project
