using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Standalone.Uploads;

/// <summary>A range of a file as a request's body. <paramref name="sent"/> hears of each block that the connection took.</summary>
internal sealed class FilePart(SafeFileHandle file, long offset, long lengthBytes, Action<int> sent) : HttpContent
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
        long at = offset;
        long end = offset + lengthBytes;
        while (at < end)
        {
            int wanted = (int)Math.Min(block.Length, end - at);
            int read = await RandomAccess.ReadAsync(file, block.AsMemory(0, wanted), at, cancellationToken);
            if (read == 0)
                throw new IOException("The file became shorter.");
            await stream.WriteAsync(block.AsMemory(0, read), cancellationToken);
            at += read;
            sent(read);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = lengthBytes;
        return true;
    }
}
