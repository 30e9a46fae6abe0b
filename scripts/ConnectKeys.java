import io.debezium.config.Field;
import java.lang.reflect.Modifier;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.runtime.TopicCreationConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Prints the configuration keys that classes declare but the worker's REST interface does not list: group, key, importance.
 * Arguments: a connector of Debezium, the class of its configuration, its JDBC driver, any URL of that driver; then other connectors.
 */
public class ConnectKeys {
    /** Where Debezium's connectors declare keys, beside the classes above their own configuration. */
    static final List<String> DEBEZIUM = List.of(
        "io.debezium.heartbeat.Heartbeat",
        "io.debezium.heartbeat.DatabaseHeartbeatImpl",
        "io.debezium.pipeline.signal.channels.FileSignalChannel",
        "io.debezium.pipeline.signal.channels.KafkaSignalChannel",
        "io.debezium.pipeline.notification.channels.SinkNotificationChannel",
        "io.debezium.schema.AbstractRegexTopicNamingStrategy");

    static final List<String> HISTORY = List.of(
        "io.debezium.relational.HistorizedRelationalDatabaseConnectorConfig",
        "io.debezium.storage.kafka.history.KafkaSchemaHistory");

    public static void main(String[] arguments) throws Exception {
        connector(arguments[0]);
        for (String name : List.of(arguments).subList(4, arguments.length)) {
            connector(name);
        }
        fields("debezium", arguments[1], DEBEZIUM);
        var historized = Class.forName(HISTORY.get(0)).isAssignableFrom(Class.forName(arguments[1]));
        if (historized) {
            fields("history", arguments[1], HISTORY);
        }
        var driver = (Driver) Class.forName(arguments[2]).getDeclaredConstructor().newInstance();
        for (DriverPropertyInfo property : driver.getPropertyInfo(arguments[3], new Properties())) {
            line("driver", property.name, property.required ? "HIGH" : "LOW");
        }
        print("producer", ProducerConfig.configDef());
        print("consumer", ConsumerConfig.configDef());
        print("admin", AdminClientConfig.configDef());
        print("topic.creation", TopicCreationConfig.configDef("g", (short) 1, 1));
        for (String name : LogConfig.configNames()) {
            line("topic", name, "LOW");
        }
    }

    static void connector(String name) throws Exception {
        print(name, ((Connector) Class.forName(name).getDeclaredConstructor().newInstance()).config());
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
    static void fields(String group, String configuration, List<String> others) throws Exception {
        var left = new ArrayDeque<Class<?>>();
        var seen = new HashSet<Class<?>>();
        left.add(Class.forName(configuration));
        for (String name : others) {
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
