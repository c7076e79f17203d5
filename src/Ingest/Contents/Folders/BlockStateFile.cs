using Distribution.BitTorrent.Pieces;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>
/// The states of an upload's blocks one after another, written where they belong as they come. What a power failure takes out of it reads as zeros,
/// which say "not known". A fault of the disk ends it, and not the upload: without it edges check whole pieces.
/// </summary>
internal sealed class BlockStateFile(string path) : IDisposable
{
    private SafeFileHandle? _file;
    private bool _isGivenUp;

    /// <summary>For reading; null: there is none.</summary>
    public static Stream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="first">Index of the first of these states.</param>
    public void Write(long first, ReadOnlySpan<byte> states)
    {
        if (_isGivenUp)
            return;
        try
        {
            _file ??= File.OpenHandle(
                path,
                FileMode.OpenOrCreate,
                FileAccess.Write,
                FileShare.ReadWrite | FileShare.Delete
            );
            RandomAccess.Write(_file, states, first * BlockStateMap.StateBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _isGivenUp = true;
        }
    }

    public void Dispose() => _file?.Dispose();
}
