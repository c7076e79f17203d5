using System.IO.Pipelines;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Sends;
using Distribution.Ingest.Transport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

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

    // Of a file that the kernel sends, how much is given to it at a time.
    private const int MaxFileBytes = 16 << 20;

    /// <summary>The response's headers are set, with its Content-Length; nothing is sent yet.</summary>
    public static async Task SendAsync(
        HttpContext context,
        IContentReader content,
        long start,
        long length,
        TransferMeter meter
    )
    {
        // Kestrel times each flush, whatever its size. The transport ends a connection that stalls, by what the socket takes.
        if (
            context.Features.Get<IAcceptedBytesFeature>() is not null
            && context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate
        )
            rate.MinDataRate = null;
        // The headers go into the connection's output here, so that the body starts at the position after them.
        await context.Response.StartAsync(context.RequestAborted);
        IAcceptedBytesFeature? socket = FindSocket(context);
        socket?.Observe(socket.WrittenBytes, length, meter);
        IFileOutputFeature? files = socket is null ? null : context.Features.Get<IFileOutputFeature>();
        PipeWriter body = context.Response.BodyWriter;
        long end = start + length;
        while (start < end)
        {
            int wanted = (int)Math.Min(MaxFileBytes, end - start);
            if (
                files is null
                || content is not ILocalContentReader local
                || !files.TryWriteFile(body, local.File, start, wanted)
            )
                wanted = await CopyAsync(content, start, end, body, context.RequestAborted);
            start += wanted;
            FlushResult flushed = await body.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted || flushed.IsCanceled || context.RequestAborted.IsCancellationRequested)
                return;
            if (socket is null)
                meter.Accepted(wanted);
        }
    }

    private static async ValueTask<int> CopyAsync(
        IContentReader content,
        long start,
        long end,
        PipeWriter body,
        CancellationToken cancellation
    )
    {
        int wanted = (int)Math.Min(ReadBytes, end - start);
        int read = await content.ReadAsync(start, body.GetMemory(wanted)[..wanted], cancellation);
        if (read == 0)
            throw new IOException($"The stored file ends at {start}, {end - start} bytes early.");
        body.Advance(read);
        return read;
    }

    private static IAcceptedBytesFeature? FindSocket(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol)
            ? context.Features.Get<IAcceptedBytesFeature>() is { IsDirect: true } feature
                ? feature
                : null
            : null;
}
