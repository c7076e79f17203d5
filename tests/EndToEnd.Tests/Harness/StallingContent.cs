using System.Net;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>A body that stops after some bytes and waits for the connection's end.</summary>
internal sealed class StallingContent(ReadOnlyMemory<byte> body, int sentBytes) : HttpContent
{
    private readonly TaskCompletionSource<bool> _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once <c>sentBytes</c> are in the connection.</summary>
    public Task<bool> Stalled => _stalled.Task;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(body[..sentBytes]);
        await stream.FlushAsync();
        _stalled.TrySetResult(true);
        // A dead server resets the connection: writing tells.
        for (int at = sentBytes; at < body.Length; at++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            await stream.WriteAsync(body.Slice(at, 1));
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
