package io.offramp.app.demo;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;

/**
 * A page of many small files, as browsers load it: {@code /page/N} is HTML with N scripts, {@code /page/N/I} one of
 * them. When all have come, the page says how many there were, over which protocol, and in which time.
 */
final class ManyFiles {
    static final int MAX = 1000;

    private static final String BEGIN = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Many files</title>
            <script>let loaded = 0; performance.setResourceTimingBufferSize(2000);</script>
            """;

    private static final String END = """
            </head><body><p id="result"></p><script>
            window.onload = () => {
              const files = performance.getEntriesByType('resource');
              const protocols = [...new Set(files.map(file => file.nextHopProtocol))].join();
              const page = performance.getEntriesByType('navigation')[0];
              const ms = Math.round(page.loadEventStart - page.requestStart);
              document.getElementById('result').textContent = `${loaded} files, ${protocols}, ${ms} ms`;
            };
            </script></body></html>
            """;

    private static final String SCRIPT = "loaded++; /*" + "x".repeat(1000) + "*/\n";

    private ManyFiles() {}

    static void page(ChannelHandlerContext ctx, Reply reply, int files) {
        StringBuilder html = new StringBuilder(BEGIN);
        for (int i = 0; i < files; i++) {
            html.append("<script async src=\"/page/")
                    .append(files)
                    .append('/')
                    .append(i)
                    .append("\"></script>\n");
        }
        reply.whole(200, "text/html; charset=utf-8", ByteBufUtil.writeUtf8(ctx.alloc(), html.append(END)));
    }

    static void file(ChannelHandlerContext ctx, Reply reply) {
        reply.whole(200, "text/javascript", ByteBufUtil.writeAscii(ctx.alloc(), SCRIPT));
    }
}
