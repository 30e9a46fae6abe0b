import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;
import io.debezium.jdbc.JdbcValueConverters;
import io.debezium.jdbc.JdbcValueConverters.DecimalMode;
import io.debezium.jdbc.TemporalPrecisionMode;
import io.debezium.relational.Column;
import io.debezium.relational.ColumnEditor;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;

/**
 * What Debezium's own converters make of the values of a column, without a server: the modes are those that pipec sets.
 * Argument: sqlserver or mysql. Prints a line a value: the type, the schema, the record as the JsonConverter writes it.
 */
public class TypeOracle {
    /** A column as the drivers describe it, and values as they hand them over. */
    record Case(String type, int jdbc, int length, Integer scale, List<Object> values) {}

    static Case of(String type, int jdbc, int length, Integer scale, Object... values) {
        return new Case(type, jdbc, length, scale, Arrays.asList(values));
    }

    static final int MAX = Integer.MAX_VALUE;

    static List<Case> sqlserver() throws Exception {
        int offset = -155, money = -148;
        return List.of(
            of("bit", Types.BIT, 1, 0, true, false), of("tinyint", Types.TINYINT, 3, 0, (short) 255, (short) 0),
            of("smallint", Types.SMALLINT, 5, 0, Short.MIN_VALUE), of("int", Types.INTEGER, 10, 0, Integer.MIN_VALUE),
            of("bigint", Types.BIGINT, 19, 0, Long.MIN_VALUE, Long.MAX_VALUE),
            of("decimal(38, 10)", Types.DECIMAL, 38, 10, number("-9999999999999999999999999999.9999999999"), number("0.0000000001")),
            of("numeric(38, 0)", Types.NUMERIC, 38, 0, number("99999999999999999999999999999999999999")),
            of("decimal(4, 4)", Types.DECIMAL, 4, 4, number("0.0001")),
            of("money", Types.DECIMAL, 19, 4, number("-922337203685477.5808"), number("922337203685477.5807")),
            of("money", money, 19, 4, number("922337203685477.5807")),
            of("smallmoney", Types.DECIMAL, 10, 4, number("-214748.3648")),
            of("real", Types.REAL, 24, null, Float.MAX_VALUE, 1.1f), of("float", Types.DOUBLE, 53, null, Double.MAX_VALUE, 1.1d),
            of("date", Types.DATE, 10, 0, java.sql.Date.valueOf("0001-01-01"), java.sql.Date.valueOf("9999-12-31")),
            of("time(7)", Types.TIME, 16, 7, stamp("1970-01-01 23:59:59.9999999"), stamp("1970-01-01 00:00:00")),
            of("time(3)", Types.TIME, 12, 3, stamp("1970-01-01 23:59:59.999")),
            of("datetime", Types.TIMESTAMP, 23, 3, stamp("1753-01-01 00:00:00"), stamp("9999-12-31 23:59:59.997")),
            of("smalldatetime", Types.TIMESTAMP, 16, 0, stamp("2079-06-06 23:59:00")),
            of("datetime2(7)", Types.TIMESTAMP, 27, 7, stamp("9999-12-31 23:59:59.9999999"), stamp("0001-01-01 00:00:00"),
               stamp("2024-02-29 12:34:56.1234567")),
            of("datetime2(3)", Types.TIMESTAMP, 23, 3, stamp("9999-12-31 23:59:59.999")),
            of("datetimeoffset(7)", offset, 34, 7, at("2024-02-29T12:34:56.123456700+05:30"), at("9999-12-31T23:59:59.999999900+00:00"),
               at("1999-12-31T23:30:00-01:00")),
            of("char(4)", Types.CHAR, 4, null, "a   "), of("varchar(8000)", Types.VARCHAR, 8000, null, "", "it's \"x\"\\"),
            of("nchar(2)", Types.NCHAR, 2, null, "ü𝄞"), of("nvarchar(max)", Types.NVARCHAR, MAX, null, "two\nlines\u0001"),
            of("text", Types.LONGVARCHAR, MAX, null, "x"), of("ntext", Types.LONGNVARCHAR, MAX, null, "x"),
            of("xml", Types.LONGNVARCHAR, MAX, null, "<a/>"), of("sysname", Types.NVARCHAR, 128, null, "x"),
            of("uniqueidentifier", Types.CHAR, 36, null, "6F9619FF-8B86-D011-B42D-00C04FC964FF"),
            of("binary(3)", Types.BINARY, 3, null, bytes("00ff7f")), of("varbinary(max)", Types.VARBINARY, MAX, null, bytes(""), bytes("fffe")),
            of("image", Types.LONGVARBINARY, MAX, null, bytes("01")), of("rowversion", Types.BINARY, 8, null, bytes("00000000000007d1")));
    }

    static List<Case> mysql() {
        int json = Types.OTHER;
        return List.of(
            of("TINYINT", Types.SMALLINT, 1, null, (short) -128), of("TINYINT UNSIGNED", Types.SMALLINT, 3, null, (short) 255),
            of("SMALLINT", Types.SMALLINT, 5, null, Short.MIN_VALUE), of("SMALLINT UNSIGNED", Types.SMALLINT, 5, null, 65535),
            of("MEDIUMINT", Types.INTEGER, 9, null, -8388608), of("MEDIUMINT UNSIGNED", Types.INTEGER, 9, null, 16777215),
            of("INT", Types.INTEGER, 10, null, Integer.MIN_VALUE), of("INT UNSIGNED", Types.INTEGER, 10, null, 4294967295L),
            of("BIGINT", Types.BIGINT, 19, null, Long.MIN_VALUE),
            of("BIGINT UNSIGNED", Types.BIGINT, 20, null, number("18446744073709551615"), number("0")),
            of("DECIMAL", Types.DECIMAL, 38, 10, number("-9999999999999999999999999999.9999999999")),
            of("DECIMAL UNSIGNED", Types.DECIMAL, 18, 4, number("1.5000")),
            of("FLOAT", Types.FLOAT, 24, null, 1.1f), of("DOUBLE", Types.DOUBLE, 53, null, Double.MAX_VALUE),
            of("DATE", Types.DATE, 10, null, LocalDate.of(1000, 1, 1), LocalDate.of(9999, 12, 31)),
            of("DATETIME", Types.TIMESTAMP, 6, null, LocalDateTime.of(1000, 1, 1, 0, 0), LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999999000)),
            of("TIMESTAMP", Types.TIMESTAMP_WITH_TIMEZONE, 6, null, ZonedDateTime.parse("2038-01-19T03:14:07.999999Z")),
            of("TIME", Types.TIME, 6, null, Duration.ofHours(-838).minusMinutes(59).minusSeconds(59), Duration.ofSeconds(86399, 999999000)),
            of("YEAR", Types.INTEGER, 4, null, 1901, 2155), of("JSON", json, -1, null, "{\"a\": [1.50, null]}"),
            of("ENUM", Types.CHAR, 1, null, "a"), of("SET", Types.CHAR, 3, null, "a,b"),
            of("CHAR", Types.CHAR, 4, null, "ü𝄞"), of("VARCHAR", Types.VARCHAR, 20, null, ""), of("LONGTEXT", Types.LONGNVARCHAR, -1, null, "two\nlines"),
            of("BIT", Types.BIT, 1, null, true), of("BIT", Types.BIT, 10, null, bytes("0102")),
            of("BINARY", Types.BINARY, 3, null, bytes("00ff7f")), of("VARBINARY", Types.VARBINARY, 10, null, bytes("")),
            of("BLOB", Types.BLOB, -1, null, bytes("fffe")));
    }

    static BigDecimal number(String text) { return new BigDecimal(text); }
    static Timestamp stamp(String text) { return Timestamp.valueOf(text); }
    static byte[] bytes(String hex) { return HexFormat.of().parseHex(hex); }

    static Object at(String text) {
        var time = OffsetDateTime.parse(text);
        return microsoft(Timestamp.valueOf(time.toLocalDateTime()), time.getOffset().getTotalSeconds() / 60);
    }

    /** Found by name: the driver is there for one of the two alone. */
    static Object microsoft(Timestamp local, int minutes) {
        try {
            return Class.forName("microsoft.sql.DateTimeOffset").getMethod("valueOf", Timestamp.class, int.class).invoke(null, local, minutes);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With the modes that pipec sets, as far as a parameter is a mode; the rest does nothing. */
    static JdbcValueConverters converters(String name) throws Exception {
        var constructor = Arrays.stream(Class.forName(name).getConstructors()).max((a, b) -> a.getParameterCount() - b.getParameterCount()).get();
        var values = Arrays.stream(constructor.getParameterTypes()).map(type -> {
            if (type == DecimalMode.class) return DecimalMode.STRING;
            if (type == TemporalPrecisionMode.class) return TemporalPrecisionMode.MICROSECONDS;
            if (type == BinaryHandlingMode.class) return BinaryHandlingMode.BASE64;
            if (type.isEnum()) {
                return Arrays.stream(type.getEnumConstants()).filter(c -> List.of("PRECISE", "FAIL").contains(c.toString())).findFirst().get();
            }
            if (type == java.time.temporal.TemporalAdjuster.class) return (java.time.temporal.TemporalAdjuster) x -> x;
            if (type.isInterface()) return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> null);
            return null;
        }).toArray();
        return (JdbcValueConverters) constructor.newInstance(values);
    }

    public static void main(String[] arguments) throws Exception {
        boolean sqlserver = arguments[0].equals("sqlserver");
        var converters = converters(sqlserver ? "io.debezium.connector.sqlserver.SqlServerValueConverters"
                                              : "io.debezium.connector.mysql.jdbc.MySqlValueConverters");
        var json = new JsonConverter();
        json.configure(Map.of("schemas.enable", "false", "replace.null.with.default", "false",
            "decimal.format", "NUMERIC"), false);
        for (Case one : sqlserver ? sqlserver() : mysql()) {
            ColumnEditor editor = Column.editor().name("c").type(one.type).jdbcType(one.jdbc).length(one.length).optional(true).position(1);
            if (one.scale != null) editor.scale(one.scale);
            Column column = editor.create();
            Schema schema = converters.schemaBuilder(column).optional().build();
            Schema row = SchemaBuilder.struct().field("c", schema).build();
            for (Object value : one.values) {
                Object converted = converters.converter(column, new Field("c", 0, schema)).convert(value);
                byte[] record = json.fromConnectData("t", row, new Struct(row).put("c", converted));
                System.out.println(one.type + "\t" + schema.type() + (schema.name() == null ? "" : " " + schema.name()) + "\t"
                    + new String(record, StandardCharsets.UTF_8));
            }
        }
    }
}
