// A user's function printed in place of its call.
#include <fmt/format.h>

#include "ast/walk.h"
#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

namespace {

constexpr uint32_t kMaxExpansions = 50;  // inside each other; functions cannot call themselves

bool mentions(const Tree& tree, NodeId root, Symbol folded) {
  return static_cast<bool>(
      find_below(tree, root, [&](NodeId id) { return tree.is<Name>(id) && tree.name(id).folded() == folded; }));
}

bool has_query(const Tree& tree, NodeId root) {
  return static_cast<bool>(find_below(tree, root, [&](NodeId id) { return tree.is<Query>(id); }));
}

}  // namespace

void SqlWriter::expansion(NodeId id, const Expansion& expansion, Level least) {
  uint32_t around = 0;
  for (const Context* context = here_; context != nullptr; context = context->caller) ++around;
  if (around > kMaxExpansions) return error(id, "functions call each other too deeply to be expanded");
  const Subtree& body = expansion.body;
  // Its tables' columns could capture the names of the arguments.
  if (has_query(*body.tree, body.node)) return error(id, "a function whose body reads tables cannot be expanded");

  Context context = context_of(body);
  context.comments = nullptr;  // they explain the function, not each of its calls
  context.expansion = &expansion;
  context.caller = here_;
  if (expansion.cast) {
    put("cast");
    return parenthesised([&] {
      {
        Within within(*this, context);
        expr(body.node, Level::Any, true);
      }
      put(" as ");
      cast_to(expansion.cast);
    });
  }
  Within within(*this, context);
  expr(body.node, least);
}

/// The argument that a name in a body stands for; none for a lambda's own parameter.
const Expansion::Argument* SqlWriter::parameter(NodeId column) const {
  std::span<const NodeId> names = tree().children(column);
  Symbol folded = node(names[0]).name.folded();
  for (const auto& [own, printed] : here_->lambda_names) {
    if (own == folded) return nullptr;
  }
  for (const Expansion::Argument& argument : here_->expansion->arguments) {
    if (argument.parameter == folded) return &argument;
  }
  return nullptr;
}

void SqlWriter::argument(NodeId column, const Expansion::Argument& argument, Level least) {
  Context plain;  // of a default: it names nothing of the body
  plain.tree = here_->tree;
  plain.rewrites = here_->rewrites;
  plain.caller = here_;
  Context& context = argument.fallback ? plain : *here_->caller;
  std::span<const NodeId> fields = tree().children(column).subspan(1);
  auto value = [&](Level at_least, bool own_lines) {
    Within within(*this, context);
    expr(argument.value, at_least, own_lines);
  };
  if (argument.cast) {
    put("cast");
    parenthesised([&] {
      value(Level::Any, true);
      put(" as ");
      cast_to(argument.cast);
    });
  } else if (!fields.empty()) {
    parenthesised([&] { value(Level::Any, true); });
  } else {
    value(least, false);
  }
  for (NodeId field : fields) {
    put(".");
    emit(field);
  }
}

/// As a lambda's parameter is called where it is printed.
Symbol SqlWriter::lambda_name(Symbol written) const {
  for (size_t i = here_->lambda_names.size(); i-- > 0;) {
    if (here_->lambda_names[i].first == written.folded()) return here_->lambda_names[i].second;
  }
  return written;
}

/// A name that no argument mentions, at this call or at those around it.
Symbol SqlWriter::fresh_lambda_name(Symbol written) const {
  Symbol name = written;
  for (uint32_t number = 1;; ++number) {
    bool taken = name != written && mentions(tree(), here_->expansion->body.node, name.folded());
    for (const Context* context = here_; context->expansion != nullptr && !taken; context = context->caller) {
      for (const Expansion::Argument& argument : context->expansion->arguments) {
        const Tree& of = argument.fallback ? *context->tree : *context->caller->tree;
        taken = taken || mentions(of, argument.value, name.folded());
      }
      // A lambda around the call, of a function that calls this one, may have been renamed to it.
      for (const auto& [folded, printed] : context->lambda_names) taken = taken || printed.folded() == name.folded();
    }
    if (!taken) return name;
    name = Symbol::of(fmt::format("{}_{}", written.text(), number));
  }
}

}  // namespace pipec::print
