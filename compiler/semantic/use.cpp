// `publish`, `dashboard` and `job`: what stands behind the tables.
#include "semantic/use.h"
#include "semantic/facts.h"

#include <algorithm>

#include <fmt/format.h>

#include "semantic/resolve.h"
#include "semantic/source.h"

namespace pipec::semantic {

using ast::NodeId;

std::vector<pipeline::TableUse> read_uses(const Resolving& context, const Reader& reader, NodeId items) {
  const ast::Tree& tree = context.tree;
  std::vector<pipeline::TableUse> uses;
  for (NodeId item : tree.list(items)) {
    if (!tree.is<ast::Property>(item) || tree.name(item).text() != "reads") continue;
    for (NodeId read : tree.children(item)) {
      auto children = tree.children(read);
      pipeline::TableUse use;
      use.table = text_of(tree, children[0]).folded();
      const sql::TableInterface* table = reader.table(use.table);
      if (!table) {
        context.report(diag::UnknownNode, children[0], fmt::format("there is no table `{}`", use.table.text()))
            .about(use.table.folded())
            .help(did_you_mean(use.table.text(), reader.table_names()));
        continue;
      }
      const pipeline::Node* node = reader.node(use.table);
      if (children.size() > 1 && node && !table->broken) {
        check_columns(context, children[1], node->columns, use.table.text());
        use.columns = names_of(tree, children[1]);
      }
      uses.push_back(std::move(use));
    }
  }
  return uses;
}

namespace {

bool is_python_name(std::string_view name) {
  auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

std::vector<Symbol> tables_of(const std::vector<pipeline::TableUse>& uses) {
  std::vector<Symbol> tables;
  for (const pipeline::TableUse& use : uses) tables.push_back(use.table);
  std::sort(tables.begin(), tables.end(), ByText{});
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
  return tables;
}

pipeline::Program read_program(const Resolving& context, const Reader& reader, NodeId python, NodeId items) {
  pipeline::Program program;
  program.reads = read_uses(context, reader, items);
  if (!python) return program;
  const std::string written(text_of(context.tree, python).text());
  const size_t colon = written.find(':');
  program.file = written.substr(0, colon);
  program.function = colon == std::string::npos ? "run" : written.substr(colon + 1);
  const std::string& file = program.file;
  const bool is_inside = !file.starts_with("/") && file.find("..") == std::string::npos;
  if (!file.ends_with(".py") || !is_inside || !is_python_name(program.function)) {
    context.report(diag::BadName, python, fmt::format("`{}` is no Python file of the project", written))
        .help("write `python 'jobs/embed.py'`, or with the function: `'jobs/embed.py:run'`");
  } else {
    check_file(context, reader, python, file);
  }
  return program;
}

void resolve_publish(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::PublishDecl>(tree.root);
  pipeline::Publish publish;
  publish.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "publish", {"together", "owner", "tags", "description"});
  items.require("together", "together player_values, player_pictures");
  Symbol destination;
  for (NodeId node : tree.children(items.find("together"))) {
    Symbol name = text_of(tree, node).folded();
    const pipeline::Export* found = reader.export_(name);
    if (!found) {
      context.report(diag::UnknownNode, node, fmt::format("there is no export `{}`", name.text()))
          .about(name.folded())
          .help(did_you_mean(name.text(), reader.export_names()));
      continue;
    }
    if (destination.empty()) destination = found->destination;
    if (destination != found->destination) {
      context
          .report(diag::BadName, node,
                  fmt::format("`{}` is in `{}`, the others in `{}`", name.text(), found->destination.text(),
                              destination.text()))
          .help("what becomes visible together lies in one destination");
    }
    publish.exports.push_back(name);
  }
  out.publishes.push_back(std::move(publish));
}

void resolve_dashboard(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::DashboardDecl>(tree.root);
  pipeline::Dashboard dashboard;
  dashboard.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "dashboard",
              {"tool", "connection", "reads", "refresh after run", "owner", "tags", "description"}, {"reads"});
  items.require("tool", "tool superset");
  dashboard.tool = items.word(
      "tool", {"superset", "metabase", "tableau", "powerbi", "looker", "grafana", "lightdash", "quicksight"});
  dashboard.connection = items.text("connection").folded();
  check_connection(context, items, reader.facts());
  items.require("reads", "reads gold.sales (day, revenue)");
  dashboard.reads = read_uses(context, reader, decl.items);
  dashboard.refresh_after_run = static_cast<bool>(items.find("refresh after run"));
  out.dashboards.push_back(std::move(dashboard));
}

void resolve_job(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::JobDecl>(tree.root);
  pipeline::Job job;
  job.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "job",
              {"python", "reads", "writes", "incremental by key", "secrets", "timeout", "owner", "tags", "description"},
              {"reads"});
  items.require("python", "python 'jobs/embed.py:run'");
  job.program = read_program(context, reader, items.value("python"), decl.items);
  job.program.secrets = names_of(tree, items.value("secrets"));
  job.timeout = items.duration("timeout");
  std::vector<pipeline::Column> columns = read_columns(context, reader, decl.items, "a job", out);
  if (!items.require("writes", "writes gold.embeddings")) return;
  NodeId writes = items.value("writes");
  job.writes = text_of(tree, writes).folded();
  check_two_names(context, writes, "a job writes a table in a schema", "writes gold.embeddings");
  if (columns.empty()) {
    context.report(diag::MissingItem, writes, fmt::format("nothing says what columns `{}` has", job.writes.text()))
        .help("add `columns ( id bigint not null )`");
  }
  NodeId key = items.value("incremental by key");
  if (key && check_columns(context, key, columns, job.writes.text())) job.key = names_of(tree, key);
  pipeline::Node node;
  node.head = job.head;
  node.head.name = job.writes;
  node.kind = pipeline::NodeKind::Job;
  node.columns = std::move(columns);
  node.lineage.resize(node.columns.size());
  node.inputs = tables_of(job.program.reads);
  node.facts = facts_as_declared(node, job.key);
  out.tables.push_back(interface_of(node, declaration.key));
  out.nodes.push_back(std::move(node));
  out.jobs.push_back(std::move(job));
}

}  // namespace pipec::semantic
