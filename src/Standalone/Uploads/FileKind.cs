using System.Runtime.InteropServices;
using System.Text;

namespace Distribution.Standalone.Uploads;

/// <summary>Tells a file of bytes from pipes, sockets and devices, whose reading would never end.</summary>
internal static class FileKind
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint TypeWanted = 1; // STATX_TYPE
    private const int ModeAt = 28; // of struct statx, the same on every architecture
    private const int StructBytes = 256;
    private const int TypeBits = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>False: it is something else. Where the system does not say, what is there is taken for a file.</summary>
    public static bool IsRegular(string path)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        var answer = new byte[StructBytes];
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        return statx(CurrentFolder, name, 0, TypeWanted, answer) != 0
            || (BitConverter.ToUInt16(answer, ModeAt) & TypeBits) == RegularFile;
    }

#pragma warning disable IDE1006 // the system's name
    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(int folder, byte[] path, int flags, uint mask, [Out] byte[] answer);
#pragma warning restore IDE1006
}
