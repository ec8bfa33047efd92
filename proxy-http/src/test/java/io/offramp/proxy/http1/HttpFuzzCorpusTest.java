package io.offramp.proxy.http1;

import io.offramp.offload.tck.fuzz.FuzzCorpus;
import io.offramp.proxy.flow.ConnectionsFuzz;
import io.offramp.proxy.flow.FramesFuzz;
import io.offramp.proxy.http2.FieldBlocksFuzz;
import io.offramp.proxy.route.RoutesFuzz;
import java.util.Map;

class HttpFuzzCorpusTest extends FuzzCorpus {
    HttpFuzzCorpusTest() {
        super(Map.of(
                "Connections",
                ConnectionsFuzz::fuzzerTestOneInput,
                "Routes",
                RoutesFuzz::fuzzerTestOneInput,
                "FieldBlocks",
                FieldBlocksFuzz::fuzzerTestOneInput,
                "Frames",
                FramesFuzz::fuzzerTestOneInput,
                "Messages",
                MessagesFuzz::fuzzerTestOneInput));
    }
}
