using System.Net;
using Distribution.Standalone.Client;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Standalone.Uploads;

/// <summary>
/// A range of what is uploaded as a request's body: of one file, or of several one after another. <paramref name="sent"/> hears of all
/// that the connection takes, as it takes it.
/// </summary>
internal sealed class UploadPart(IReadOnlyList<SourceFile> files, long offset, long lengthBytes, Action<int> sent)
    : HttpContent
{
    /// <summary>One <see cref="FileStretch"/> at the most.</summary>
    private const int StretchBytes = 1 << 20;

    /// <summary>Less of a file shares a block with its neighbours, so that a folder of many is not sent in as many packets.</summary>
    private const int BlockBytes = 64 << 10;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        byte[] buffer = new byte[Math.Min(StretchBytes, lengthBytes)];
        int blockBytes = Math.Min(BlockBytes, buffer.Length);
        long start = 0;
        long end = offset + lengthBytes;
        int filled = 0;
        foreach (SourceFile file in files)
        {
            long from = Math.Max(0, offset - start);
            long to = Math.Min(file.SizeBytes, end - start);
            start += file.SizeBytes;
            if (from >= to)
                continue;
            using SafeFileHandle handle = File.OpenHandle(file.Path, options: FileOptions.SequentialScan);
            while (from < to)
            {
                if (to - from >= BlockBytes)
                {
                    await SendBlockAsync();
                    // What waits in the connection's own buffer leaves first, or the stretch is copied behind it.
                    await stream.FlushAsync(cancellationToken);
                    int length = (int)Math.Min(StretchBytes, to - from);
                    var stretch = new FileStretch(handle, file.Path, from, length, buffer, sent);
                    await stream.WriteAsync(stretch.Memory, cancellationToken);
                    stretch.SentWhole();
                    from += length;
                    continue;
                }
                int wanted = (int)Math.Min(blockBytes - filled, to - from);
                int read = RandomAccess.Read(handle, buffer.AsSpan(filled, wanted), from);
                if (read == 0)
                    throw new IOException($"{file.Path} became shorter.");
                from += read;
                filled += read;
                if (filled == blockBytes)
                    await SendBlockAsync();
            }
        }
        await SendBlockAsync();

        async Task SendBlockAsync()
        {
            if (filled == 0)
                return;
            await stream.WriteAsync(buffer.AsMemory(0, filled), cancellationToken);
            sent(filled);
            filled = 0;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = lengthBytes;
        return true;
    }
}
