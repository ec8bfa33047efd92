/** gRPC through the proxy: a service of bytes without generated code, on grpc-java as client and server. */
@NullMarked
package io.offramp.app.grpc;

import org.jspecify.annotations.NullMarked;
