package io.offramp.app.whatif;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.offramp.offload.Capacity;
import io.offramp.offload.record.Direction;
import io.offramp.proxy.session.RecordCost;
import io.offramp.proxy.whatif.Outcome;
import io.offramp.proxy.whatif.Refusal;
import io.offramp.proxy.whatif.Simulation;
import io.offramp.proxy.whatif.Totals;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** The report for programs: one JSON object, units in the names, null for unlimited. */
public final class JsonReport {
    private JsonReport() {}

    /** Prints one object and an end of line. */
    public static void print(PrintWriter out, Simulation simulation, List<Outcome> outcomes) {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            write(json, simulation.device().contexts(), simulation.device().capacity());
            write(json, simulation.cost());
            json.writeArrayFieldStart("policies");
            for (Outcome outcome : outcomes) {
                write(json, outcome);
            }
            json.writeEndArray();
            json.writeStringField("verdict", Verdict.of(outcomes));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println();
    }

    private static void write(JsonGenerator json, long contexts, Capacity capacity) throws IOException {
        json.writeObjectFieldStart("device");
        limit(json, "contexts", contexts);
        limit(json, "recordsPerSecond", capacity.recordsPerSecond());
        limit(json, "bitsPerSecond", capacity.bitsPerSecond());
        limit(json, "installsPerSecond", capacity.installsPerSecond());
        json.writeNumberField("installLatencyNs", capacity.installLatencyNs());
        json.writeNumberField("recordLatencyNs", capacity.recordLatencyNs());
        json.writeEndObject();
    }

    private static void limit(JsonGenerator json, String name, long limit) throws IOException {
        if (limit == Capacity.NO_LIMIT) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, limit);
        }
    }

    private static void write(JsonGenerator json, RecordCost cost) throws IOException {
        json.writeObjectFieldStart("assumedHost");
        json.writeNumberField("nsPerRecord", cost.nsPerRecord());
        json.writeNumberField("nsPerByte", cost.nsPerByte());
        json.writeNumberField("driverNsPerRecord", cost.driverNsPerRecord());
        json.writeNumberField("nsPerInstall", cost.nsPerInstall());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Outcome outcome) throws IOException {
        json.writeStartObject();
        json.writeStringField("policy", outcome.policy().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("peakContexts", outcome.peakContexts());
        json.writeNumberField("meanContexts", outcome.meanContexts());
        json.writeNumberField("peakActive", outcome.peakActive());
        json.writeNumberField("peakRecordsPerSecond", outcome.peakRecordsPerSecond());
        json.writeNumberField("peakBitsPerSecond", outcome.peakBitsPerSecond());
        write(json, "tx", outcome.totals(Direction.TX));
        write(json, "rx", outcome.totals(Direction.RX));
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String direction, Totals totals) throws IOException {
        json.writeObjectFieldStart(direction);
        json.writeNumberField("directions", totals.flows());
        json.writeNumberField("offloaded", totals.offloaded());
        json.writeNumberField("software", totals.software());
        json.writeObjectFieldStart("refused");
        for (Refusal reason : Refusal.values()) {
            json.writeNumberField(reason.name().toLowerCase(Locale.ROOT), totals.refused(reason));
        }
        json.writeEndObject();
        json.writeNumberField("records", totals.records());
        json.writeNumberField("bytes", totals.bytes());
        json.writeNumberField("offloadedRecords", totals.offloadedRecords());
        json.writeNumberField("offloadedBytes", totals.offloadedBytes());
        json.writeNumberField("hostNsInSoftware", totals.softwareNs());
        json.writeNumberField("hostNs", totals.hostNs());
        json.writeEndObject();
    }
}
