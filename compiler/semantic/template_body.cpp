#include "semantic/template_body.h"

#include <algorithm>

#include "ast/walk.h"

namespace pipec::semantic {

using namespace ast;

namespace {

template <typename Entry>
const Entry* find(const std::vector<Entry>& entries, Symbol folded) {
  for (const Entry& entry : entries) {
    if (entry.parameter == folded) return &entry;
  }
  return nullptr;
}

}  // namespace

NodeId TemplateBody::copy(Tree& to, const Substitution& with) {
  to_ = &to;
  with_ = &with;
  misplaced_.clear();
  return node(body_);
}

NodeId TemplateBody::with_children(NodeId id, std::span<const NodeId> children) {
  const Node& node = from_[id];
  return to_->add(node.kind, children, node.name, node.op, node.flags, span_of(id));
}

NodeId TemplateBody::node(NodeId id) {
  if (!id) return {};
  NodeKind kind = from_.kind(id);
  if (kind == NodeKind::ColumnRef) return column_ref(id);
  std::vector<NodeId> children;
  bool list = kind == NodeKind::List || kind == NodeKind::Using;
  bool table = kind == NodeKind::TableRef || kind == NodeKind::TableQuery || kind == NodeKind::Star;
  for (size_t i = 0; i < from_.children(id).size(); ++i) {
    NodeId child = from_.children(id)[i];
    if (table && i == 0) {
      children.push_back(table_name(child));
    } else if (list) {
      item(child, children);
    } else {
      children.push_back(node(child));
    }
  }
  return with_children(id, children);
}

const Substitution::Table* TemplateBody::table_named(NodeId name) const {
  return find(with_->tables, from_.name(name).folded());
}

NodeId TemplateBody::table_name(NodeId qname) {
  if (!qname || from_.children(qname).size() != 1) return node(qname);
  const Substitution::Table* table = table_named(from_.children(qname)[0]);
  if (!table) return node(qname);
  NodeId name = to_->add(NodeKind::Name, {}, table->name, 0, 0, span_of(qname));
  return to_->add(NodeKind::QName, {name}, {}, 0, 0, span_of(qname));
}

/// `k`, or `t.k` of a parameter `t`.
const Substitution::Columns* TemplateBody::columns_named(std::span<const NodeId> names) const {
  if (names.size() == 2 && !table_named(names[0])) return nullptr;
  return names.size() == 1 || names.size() == 2 ? find(with_->columns, from_.name(names.back()).folded()) : nullptr;
}

/// The parameter that an item of a list is, and nothing else.
const Substitution::Columns* TemplateBody::columns_of(NodeId id) const {
  switch (from_.kind(id)) {
    case NodeKind::ColumnRef:
    case NodeKind::QName:
      return columns_named(from_.children(id));
    case NodeKind::Name:
    case NodeKind::StructField:  // what an inner call needs of a table
      return find(with_->columns, from_.name(id).folded());
    case NodeKind::SelectItem: {
      SelectItem parts = from_.get<SelectItem>(id);
      bool named = !from_.name(id).empty() || parts.aliases;
      return !named && from_.is<ColumnRef>(parts.value) ? columns_of(parts.value) : nullptr;
    }
    case NodeKind::OrderItem: {
      NodeId value = from_.get<OrderItem>(id).value;
      return from_.is<ColumnRef>(value) ? columns_of(value) : nullptr;
    }
    default:
      return nullptr;
  }
}

/// The node with one of the columns in place of the parameter.
NodeId TemplateBody::one_of(NodeId id, Symbol name, Span span) {
  switch (from_.kind(id)) {
    case NodeKind::SelectItem:
      return with_children(id, std::vector<NodeId>{one_of(from_.get<SelectItem>(id).value, name, span)});
    case NodeKind::OrderItem:
      return with_children(id, std::vector<NodeId>{one_of(from_.get<OrderItem>(id).value, name, span)});
    case NodeKind::Name:
      return to_->add(NodeKind::Name, {}, name, 0, 0, span);
    case NodeKind::StructField:
      return to_->add(NodeKind::StructField, {node(from_.get<StructField>(id).type)}, name, 0, 0, span);
    default: {
      std::vector<NodeId> parts;
      for (NodeId part : from_.children(id)) parts.push_back(node(part));
      if (parts.size() == 2) to_->mutable_node(parts[0]).name = table_named(from_.children(id)[0])->name;
      parts.back() = to_->add(NodeKind::Name, {}, name, 0, 0, span);
      return to_->add(from_.kind(id), parts, {}, 0, 0, span);
    }
  }
}

/// An item of a list: several columns become several items.
void TemplateBody::item(NodeId id, std::vector<NodeId>& out) {
  const Substitution::Columns* columns = id ? columns_of(id) : nullptr;
  if (!columns) return out.push_back(node(id));
  for (Symbol name : columns->names) out.push_back(one_of(id, name, span_of(*columns, id)));
}

NodeId TemplateBody::column_ref(NodeId id) {
  std::span<const NodeId> names = from_.children(id);
  if (const Substitution::Columns* columns = columns_named(names)) {
    if (columns->several) misplaced_.push_back(id);
    return one_of(id, columns->names[0], span_of(*columns, id));
  }
  Symbol first = from_.name(names[0]).folded();
  if (const Substitution::Value* value = find(with_->values, first)) {
    NodeId made = to_->copy(*value->tree, value->node);
    for (NodeId field : names.subspan(1)) {
      made = to_->add(NodeKind::Field, {made}, from_.name(field), 0, from_[field].flags, span_of(id));
    }
    return made;
  }
  std::vector<NodeId> parts;
  for (NodeId name : names) parts.push_back(node(name));
  if (names.size() > 1) {
    if (const Substitution::Table* table = table_named(names[0])) to_->mutable_node(parts[0]).name = table->name;
    // `t.k.field` of a column, `k.field` of one.
    size_t at = table_named(names[0]) && names.size() > 2 ? 1 : 0;
    const Substitution::Columns* columns = find(with_->columns, from_.name(names[at]).folded());
    if (columns && columns->several) misplaced_.push_back(id);
    if (columns) to_->mutable_node(parts[at]).name = columns->names[0];
  }
  return with_children(id, parts);
}

std::vector<std::pair<Symbol, NodeId>> TemplateBody::defined() const {
  std::vector<std::pair<Symbol, NodeId>> names;
  auto add = [&](NodeId id) {
    if (id && !from_.name(id).empty()) names.emplace_back(from_.name(id).folded(), id);
  };
  auto add_all = [&](NodeId list) {
    for (NodeId name : from_.list(list)) add(name);
  };
  each_below(from_, body_, [&](NodeId id) {
    switch (from_.kind(id)) {
      case NodeKind::SelectItem:
        add(id), add_all(from_.get<SelectItem>(id).aliases);
        break;
      case NodeKind::Alias:
        add(id), add_all(from_.get<Alias>(id).columns);
        break;
      case NodeKind::Cte:
        add(id), add_all(from_.get<Cte>(id).columns);
        break;
      case NodeKind::LateralView:
        add(id), add_all(from_.get<LateralView>(id).columns);
        break;
      case NodeKind::Lambda:
        add_all(from_.get<Lambda>(id).params);
        break;
      case NodeKind::Unpivot:
        add_all(from_.get<Unpivot>(id).values), add(from_.get<Unpivot>(id).label);
        break;
      case NodeKind::Assignment:
        add(id);
        break;
      default:
        break;
    }
  });
  return names;
}

std::vector<NodeId> TemplateBody::free_tables(const std::vector<Symbol>& known) const {
  std::vector<Symbol> names = known;
  each_below(from_, body_, [&](NodeId id) {
    if (from_.is<Cte>(id)) names.push_back(from_.name(id).folded());
  });
  std::vector<NodeId> found;
  each_below(from_, body_, [&](NodeId id) {
    if (!from_.is<TableRef>(id) && !from_.is<TableQuery>(id)) return;
    NodeId qname = from_.children(id)[0];
    if (!from_.is<QName>(qname)) return;
    Symbol name = from_.dotted(qname).folded();
    if (std::find(names.begin(), names.end(), name) == names.end()) found.push_back(qname);
  });
  return found;
}

bool TemplateBody::mentions(Symbol folded) const {
  return static_cast<bool>(find_below(from_, body_, [&](NodeId id) { return from_.name(id).folded() == folded; }));
}

}  // namespace pipec::semantic
