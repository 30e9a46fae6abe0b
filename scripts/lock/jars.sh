# shellcheck shell=bash
# Which jars the consumers are made of, beside the poms. Sourced after lib.sh.
DEBEZIUM=3.6.1.Final
DEBEZIUM_CONNECTORS=(postgres sqlserver mysql)

# fetch_jars FOLDER: kafka/ delta/ strimzi/ quartz/ download/ below it.
fetch_jars() {
  mvn_run -f "$LOCK/kafka.pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" \
    -DincludeScope=runtime -DoutputDirectory="$1/kafka"
  mvn_run -f "$LOCK/delta.pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" \
    -DincludeScope=runtime -DincludeGroupIds=io.delta,io.unitycatalog -DoutputDirectory="$1/delta"
  mvn_run -f "$LOCK/strimzi.pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" \
    -DincludeScope=runtime -DoutputDirectory="$1/strimzi"
  mvn_run -f "$LOCK/quartz.pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" \
    -DincludeScope=runtime -DincludeGroupIds=org.quartz-scheduler,org.slf4j -DoutputDirectory="$1/quartz"
  # The official plug-in archives leave Kafka's own jars out, so that plug-in isolation works.
  for connector in "${DEBEZIUM_CONNECTORS[@]}"; do
    mvn_run "$MAVEN_DEPENDENCY:copy" -DoutputDirectory="$1/download" \
      -Dartifact="io.debezium:debezium-connector-$connector:$DEBEZIUM:tar.gz:plugin"
  done
}
