using System.IO.Pipelines;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Sends;
using Distribution.Ingest.Transport;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.WebSeeds;

/// <summary>Streams a stretch of a file into a response, and has every byte counted that the socket accepts.</summary>
/// <remarks>
/// Over plain HTTP/1.1 on our own transport (<see cref="IAcceptedBytesFeature"/>) the count is exact to the byte, aborted transfers
/// included. Over TLS, HTTP/2, or another transport a position in the body says nothing about the socket; there bytes count when a flush
/// has returned, which runs ahead of the socket by at most the connection's buffer: an aborted transfer is counted up to that too high.
/// </remarks>
internal static class BodySender
{
    private const int ReadBytes = 256 << 10;

    /// <summary>The response's headers are set, with its Content-Length; nothing is sent yet.</summary>
    public static async Task SendAsync(
        HttpContext context,
        IContentReader content,
        long start,
        long length,
        TransferMeter meter
    )
    {
        // The headers go into the connection's output here, so that the body starts at the position after them.
        await context.Response.StartAsync(context.RequestAborted);
        IAcceptedBytesFeature? socket = FindSocket(context);
        socket?.Observe(socket.WrittenBytes, length, meter);
        PipeWriter body = context.Response.BodyWriter;
        long end = start + length;
        while (start < end)
        {
            int wanted = (int)Math.Min(ReadBytes, end - start);
            Memory<byte> buffer = body.GetMemory(wanted)[..wanted];
            int read = await content.ReadAsync(start, buffer, context.RequestAborted);
            if (read == 0)
                throw new IOException($"The stored file ends at {start}, {end - start} bytes early.");
            body.Advance(read);
            start += read;
            FlushResult flushed = await body.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted || flushed.IsCanceled || context.RequestAborted.IsCancellationRequested)
                return;
            if (socket is null)
                meter.Accepted(read);
        }
    }

    private static IAcceptedBytesFeature? FindSocket(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol)
            ? context.Features.Get<IAcceptedBytesFeature>() is { IsDirect: true } feature
                ? feature
                : null
            : null;
}
