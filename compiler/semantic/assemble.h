// The results of all declarations put together: the Pipeline, and what can only be said of the whole graph.
#pragma once

#include <memory>
#include <vector>

#include "semantic/declaration.h"

namespace pipec::semantic {

struct Member {
  const Declaration* declaration;
  std::shared_ptr<const Resolved> result;
};

/// Fills everything of the Pipeline but target and connections. Members are sorted by declaration key.
pipeline::Pipeline assemble(const std::vector<Member>& members);

/// Resolves what each schedule runs, and reports what no schedule refreshes, what is too slow for its path, and names
/// in selections that do not exist.
void resolve_selections(const std::vector<Member>& members, pipeline::Pipeline& pipeline, Sink& sink);

/// Fills the joins of entities and the paths of metrics, and reports what is wrong in them.
/// `renamed from` of an export that still has that name.
void check_renamed_exports(const pipeline::Pipeline& pipeline, Sink& sink);
void check_meaning(const std::vector<Member>& members, pipeline::Pipeline& pipeline, Sink& sink);

/// Takes out the exports and the schedules that the target does not have.
void leave_out(pipeline::Pipeline& pipeline);

}  // namespace pipec::semantic
