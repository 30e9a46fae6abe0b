// One declaration resolved against those that it reads. Each function is pure but for what the Reader records.
#pragma once

#include "semantic/declaration.h"
#include "semantic/world.h"

namespace pipec::semantic {

/// Everything that the kind of declaration gives; diagnostics have places inside declarations.
Resolved resolve(const Declaration& declaration, const World& world);

/// The interface of a declaration that could not be resolved (a syntax error, a cycle): what its head and its contract
/// still say, marked broken, so that nothing is reported against it.
Resolved resolve_broken(const Declaration& declaration);

void resolve_source(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_destination(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_function(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_cdc(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_model(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_check(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_export(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_schedule(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);

void resolve_load(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_snapshot(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_seed(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_test(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_publish(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_entity(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_metric(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_dashboard(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);
void resolve_job(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink);

/// A table interface of a node's columns.
sql::TableInterface interface_of(const pipeline::Node& node, Symbol declaration);

}  // namespace pipec::semantic
