using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>File operations that have reached the disk when they return.</summary>
internal static partial class DurableFiles
{
    private const int NoSpace = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT, Linux
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>True where an exception says that there is no room.</summary>
    public static bool IsFull(IOException exception) =>
        exception.HResult is NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull;

    public static void WriteAllBytes(string path, ReadOnlySpan<byte> data)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, data, 0);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Makes names in a folder durable: files created in it, renamed into or out of it. Windows does so by itself.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(path, flags: 0); // O_RDONLY: .NET itself opens no folders
        if (descriptor < 0)
            throw new IOException($"Cannot open {path}: error {Marshal.GetLastPInvokeError()}.");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Flush(descriptor) != 0)
            throw new IOException($"Cannot flush {path}: error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>Gives a file a second name (a hard link). False: this file system cannot, or not between these folders.</summary>
    public static bool TryLink(string path, string link) =>
        OperatingSystem.IsWindows() ? CreateHardLink(link, path, reserved: 0) : Link(path, link) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string link);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string link, string path, nint reserved);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);
}
