import io.debezium.config.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.runtime.TopicCreationConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.postgresql.PGProperty;

/** Prints the configuration keys that classes declare but the worker's REST interface does not list: group, key, importance. */
public class ConnectKeys {
    /** Where Debezium's Postgres connector declares its keys, beside the classes above its own configuration. */
    static final List<String> DEBEZIUM = List.of(
        "io.debezium.connector.postgresql.PostgresConnectorConfig",
        "io.debezium.heartbeat.Heartbeat",
        "io.debezium.heartbeat.DatabaseHeartbeatImpl",
        "io.debezium.pipeline.signal.channels.FileSignalChannel",
        "io.debezium.pipeline.signal.channels.KafkaSignalChannel",
        "io.debezium.pipeline.notification.channels.SinkNotificationChannel",
        "io.debezium.schema.AbstractRegexTopicNamingStrategy");

    public static void main(String[] connectors) throws Exception {
        for (String name : connectors) {
            var connector = (Connector) Class.forName(name).getDeclaredConstructor().newInstance();
            print(name, connector.config());
        }
        fields("debezium");
        for (PGProperty property : PGProperty.values()) {
            line("driver", property.getName(), property.isRequired() ? "HIGH" : "LOW");
        }
        print("producer", ProducerConfig.configDef());
        print("consumer", ConsumerConfig.configDef());
        print("admin", AdminClientConfig.configDef());
        print("topic.creation", TopicCreationConfig.configDef("g", (short) 1, 1));
        for (String name : LogConfig.configNames()) {
            line("topic", name, "LOW");
        }
    }

    static void line(String group, String name, Object importance) {
        System.out.println(group + "\t" + name + "\t" + importance);
    }

    static void print(String group, ConfigDef keys) {
        for (ConfigDef.ConfigKey key : keys.configKeys().values()) {
            line(group, key.name, key.importance);
        }
    }

    /** Debezium's keys are static fields of type Field, in the class, its superclasses and its interfaces. */
    static void fields(String group) throws Exception {
        var left = new ArrayDeque<Class<?>>();
        var seen = new HashSet<Class<?>>();
        for (String name : DEBEZIUM) {
            left.add(Class.forName(name));
        }
        while (!left.isEmpty()) {
            Class<?> type = left.pop();
            if (!seen.add(type)) {
                continue;
            }
            if (type.getSuperclass() != null) {
                left.add(type.getSuperclass());
            }
            left.addAll(List.of(type.getInterfaces()));
            for (var declared : type.getDeclaredFields()) {
                if (Modifier.isStatic(declared.getModifiers()) && declared.getType() == Field.class) {
                    declared.setAccessible(true);
                    var field = (Field) declared.get(null);
                    line(group, field.name(), field.importance());
                }
            }
        }
    }
}
