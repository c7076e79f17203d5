using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents.Folders;

internal sealed class FolderContentReader(SafeFileHandle file) : ILocalContentReader
{
    public SafeFileHandle File => file;

    public long LengthBytes { get; } = RandomAccess.GetLength(file);

    // Synchronous on purpose: from the page cache it is a copy, and the asynchronous form would do it on another thread.
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellation)
            : ValueTask.FromResult(RandomAccess.Read(file, buffer.Span, offset));

    public void Dispose() => file.Dispose();
}
