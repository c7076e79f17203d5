using System.Buffers;
using System.IO.Pipelines;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Sends;
using Distribution.Ingest.Transport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Distribution.Ingest.WebSeeds;

/// <summary>Streams stretches of a content into a response, and has every byte of them counted that the socket accepts.</summary>
/// <remarks>
/// Over plain HTTP/1.1 on our own transport (<see cref="IAcceptedBytesFeature"/>) the count is exact to the byte, aborted transfers
/// included, and files go from the disk to the socket without us. Over TLS or HTTP/2 what a flush put into the connection counts as the socket takes
/// that: exact for whole responses, and for an aborted one by <see cref="IndirectBytes"/> and what HTTP/2 holds back, at the
/// most. Over another transport bytes count when a flush has returned.
/// </remarks>
internal sealed class BodySender
{
    // From a store's reader into memory, at a time.
    private const int ReadBytes = 256 << 10;

    // The same where something lies between the response and the socket: how coarse the count is there.
    private const int IndirectBytes = 64 << 10;

    // Of a file that the kernel sends, how much is given to it at a time.
    private const int MaxFileBytes = 16 << 20;

    private readonly HttpContext _context;
    private readonly IContentReader _content;
    private readonly TransferMeter _meter;
    private readonly IAcceptedBytesFeature? _socket;
    private readonly IFileOutputFeature? _files;
    private readonly bool _isDirect;

    public BodySender(HttpContext context, IContentReader content, TransferMeter meter)
    {
        _context = context;
        _content = content;
        _meter = meter;
        _socket = context.Features.Get<IAcceptedBytesFeature>();
        _isDirect =
            _socket is { IsDirect: true }
            && (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol));
        _files = _isDirect ? context.Features.Get<IFileOutputFeature>() : null;
    }

    /// <summary>To be called first. The response's headers are set, with its Content-Length; they leave with what follows.</summary>
    public Task StartAsync()
    {
        // Kestrel times each flush, whatever its size. Our transport ends a connection that stalls, by what the socket takes.
        if (_socket is not null && _context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        return _context.Response.StartAsync(_context.RequestAborted);
    }

    /// <summary>Writes framing, which is not counted. It leaves with what follows, or by <see cref="FlushAsync"/>.</summary>
    public void Write(ReadOnlyMemory<byte> framing) => _context.Response.BodyWriter.Write(framing.Span);

    public async ValueTask FlushAsync() => await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);

    /// <summary>Sends a stretch of the content, and counts it.</summary>
    /// <returns>False: the viewer went away.</returns>
    /// <exception cref="IOException">The store failed, or has less than it should.</exception>
    public async ValueTask<bool> SendAsync(ByteRange stretch)
    {
        PipeWriter body = _context.Response.BodyWriter;
        CancellationToken aborted = _context.RequestAborted;
        // What is to follow begins where the output ends now.
        if (_isDirect)
            _socket!.Observe(_socket.WrittenBytes, stretch.Length, _meter);
        long start = stretch.Start;
        while (start < stretch.End)
        {
            long before = _socket?.WrittenBytes ?? 0;
            int written = await WriteAsync(body, start, stretch.End - start);
            start += written;
            FlushResult flushed = await body.FlushAsync(aborted);
            if (flushed.IsCompleted || flushed.IsCanceled || aborted.IsCancellationRequested)
                return false;
            if (!_isDirect)
                CountIndirect(before, written);
        }
        return true;
    }

    private async ValueTask<int> WriteAsync(PipeWriter body, long start, long length)
    {
        if (_files is not null && _content is ILocalContentReader local)
        {
            int whole = (int)Math.Min(MaxFileBytes, length);
            if (_files.TryWriteFile(body, local.File, start, whole))
                return whole;
        }
        int wanted = (int)Math.Min(_isDirect ? ReadBytes : IndirectBytes, length);
        int read = await _content.ReadAsync(start, body.GetMemory(wanted)[..wanted], _context.RequestAborted);
        if (read == 0)
            throw new IOException($"The stored content ends at {start}, {length} bytes early.");
        body.Advance(read);
        return read;
    }

    private void CountIndirect(long before, int bytes)
    {
        long passed = (_socket?.WrittenBytes ?? 0) - before;
        if (passed > 0)
            _socket!.Observe(before, passed, new ScaledMeter(_meter, bytes, passed));
        else
            _meter.Accepted(bytes);
    }
}
