// Facets: what an event says of a job or a dataset, each with the address of its published schema.
#pragma once

#include <vector>

#include "openlineage/names.h"

namespace pipec::backend::openlineage {

/// Every event and every facet says who made it.
inline constexpr const char* kProducer = "urn:pipec:openlineage";

/// An object's `facets`, filled one after another; facets that would say nothing are left out.
class Facets {
 public:
  void documentation(bool job, const pipeline::Head& head);
  void ownership(bool job, const pipeline::Head& head);
  /// Tags, and of a dataset the classes of @pii of its columns.
  void tags(bool job, const pipeline::Head& head, const std::vector<pipeline::Column>& columns = {});
  void schema(const std::vector<pipeline::Column>& columns, const std::vector<std::string>& types = {});
  void dataset_type(std::string_view type, std::string_view part = {});
  void job_type(bool streaming, std::string_view type);
  void sql(const pipeline::QueryBody& query);
  void source_code(const pipeline::Program& program);
  void source_location(std::string_view repository, std::string_view path);
  /// A facet that somebody else has put together.
  void add(std::string_view name, Value facet) { facets_.add(std::string(name), std::move(facet)); }

  bool empty() const { return facets_.members()->empty(); }
  Value take() { return std::move(facets_); }

 private:
  Value facets_ = Value::object();
};

/// The members that every facet begins with.
Value facet(std::string_view version, std::string_view schema);

}  // namespace pipec::backend::openlineage
