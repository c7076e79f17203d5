using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>
/// A file written past the page cache (O_DIRECT): the disk takes the bytes from the block that the hashes read, so they are not copied, a flush
/// finds nothing left to do, and a large upload does not push out of memory what viewers are reading. Only what is aligned goes this way;
/// the rest is the caller's, by the usual one.
/// </summary>
internal sealed partial class DirectFile : IDisposable
{
    private const int AlignmentBytes = 4096;
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const int Invalid = 22; // EINVAL

    private readonly SafeFileHandle _file;
    private bool _isRefused;

    private DirectFile(SafeFileHandle file) => _file = file;

    /// <summary>Null where the system or the file system has no such way.</summary>
    public static DirectFile? TryOpen(string path)
    {
        if (!OperatingSystem.IsLinux() || DirectFlag is not { } direct)
            return null;
        SafeFileHandle file = File.OpenHandle(
            path,
            FileMode.Open,
            FileAccess.Write,
            FileShare.ReadWrite | FileShare.Delete
        );
        int flags = Control(file, GetFlags, 0);
        if (flags >= 0 && Control(file, SetFlags, flags | direct) >= 0)
            return new DirectFile(file);
        file.Dispose();
        return null;
    }

    /// <summary>Writes stretches that follow one another in one call. False where one of them cannot go this way.</summary>
    /// <exception cref="IOException">As <see cref="RandomAccess"/> throws it.</exception>
    public bool TryWrite(IReadOnlyList<ReadOnlyMemory<byte>> data, long offset)
    {
        if (_isRefused)
            return false;
        long end = offset;
        foreach (ReadOnlyMemory<byte> stretch in data)
        {
            if (!IsAligned(stretch.Span, end) || (stretch.Length & (AlignmentBytes - 1)) != 0)
                return false;
            end += stretch.Length;
        }
        try
        {
            RandomAccess.Write(_file, data, offset);
            return true;
        }
        catch (IOException e) when (IsRefusal(e))
        {
            return false;
        }
    }

    /// <summary>Writes the longest start of the data that can go this way. Returns its bytes: 0 where nothing can.</summary>
    /// <exception cref="IOException">As <see cref="RandomAccess"/> throws it.</exception>
    public int Write(ReadOnlySpan<byte> data, long offset)
    {
        int bytes = data.Length & -AlignmentBytes;
        if (_isRefused || bytes == 0 || !IsAligned(data, offset))
            return 0;
        try
        {
            RandomAccess.Write(_file, data[..bytes], offset);
            return bytes;
        }
        catch (IOException e) when (IsRefusal(e))
        {
            return 0;
        }
    }

    public void Dispose() => _file.Dispose();

    // Linux keeps it apart by architecture (fcntl.h).
    private static int? DirectFlag =>
        RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 or Architecture.X86 or Architecture.RiscV64 or Architecture.LoongArch64 => 0x4000,
            Architecture.Arm64 or Architecture.Arm => 0x10000,
            _ => null,
        };

    // A disk that wants more than ours. What part it may have taken is written again.
    private bool IsRefusal(IOException e) => _isRefused |= e.HResult == Invalid;

    private static unsafe bool IsAligned(ReadOnlySpan<byte> data, long offset)
    {
        fixed (byte* start = data)
            return ((nint)start & (AlignmentBytes - 1)) == 0 && (offset & (AlignmentBytes - 1)) == 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int flags);
}
