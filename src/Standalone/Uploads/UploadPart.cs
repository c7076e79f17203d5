using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Standalone.Uploads;

/// <summary>
/// A range of what is uploaded as a request's body: of one file, or of several one after another. <paramref name="sent"/> hears of each
/// block that the connection took.
/// </summary>
internal sealed class UploadPart(IReadOnlyList<SourceFile> files, long offset, long lengthBytes, Action<int> sent)
    : HttpContent
{
    private const int BlockBytes = 256 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        byte[] block = new byte[BlockBytes];
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
                // Small files share a block, so that a folder of many is not sent in as many packets.
                int wanted = (int)Math.Min(block.Length - filled, to - from);
                int read = await RandomAccess.ReadAsync(
                    handle,
                    block.AsMemory(filled, wanted),
                    from,
                    cancellationToken
                );
                if (read == 0)
                    throw new IOException($"{file.Path} became shorter.");
                from += read;
                filled += read;
                if (filled == block.Length)
                    await SendAsync();
            }
        }
        await SendAsync();

        async Task SendAsync()
        {
            await stream.WriteAsync(block.AsMemory(0, filled), cancellationToken);
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
