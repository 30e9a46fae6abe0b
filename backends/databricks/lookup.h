// A unit's View as the compiler's analyses look things up.
#pragma once

#include "backend/backend.h"
#include "pipeline/changes.h"

namespace pipec::backend::databricks {

class ViewLookup : public pipeline::Lookup {
 public:
  explicit ViewLookup(View& view) : view_(view) {}
  const pipeline::Node* node(Symbol name) override { return view_.node(name); }
  const pipeline::Model* model(Symbol name) override { return view_.model(name); }
  const pipeline::Function* function(Symbol name) override { return view_.function(name); }
  const pipeline::Cdc* cdc(Symbol current_name) override { return view_.cdc(current_name); }

 private:
  View& view_;
};

}  // namespace pipec::backend::databricks
