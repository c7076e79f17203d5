using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distribution.Silos.Hosting;

/// <summary>
/// Lets Linux back the collector's heap with pages of 2 MiB, where the machine leaves that to programs (<c>transparent_hugepage</c>: madvise). Announces of a large
/// swarm read from all over its tables, and each small page costs a walk through the page tables.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>What is reserved for the heap is larger.</summary>
    private const ulong LeastReserved = 1UL << 30;

    private const string Unreadable = "---p";
    private const string NoFile = "00:00 0";
    private const int Wanted = 14; // MADV_HUGEPAGE

    /// <summary>False: not on this system, or the heap was not found. Nothing else changes then.</summary>
    public static bool TryAsk()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return false;
        try
        {
            var someObject = new object();
            return TryFind(
                    File.ReadLines("/proc/self/maps"),
                    (ulong)*(nint*)Unsafe.AsPointer(ref someObject),
                    out ulong from,
                    out ulong to
                )
                && Advise((void*)from, (nuint)(to - from), Wanted) == 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Finds what is reserved around an address: mappings side by side, of which the collector has made some readable.</summary>
    /// <param name="maps">proc_pid_maps(5), in the order of addresses.</param>
    /// <remarks>What else lies beside it, thread stacks above all, would waste large pages: so it begins and ends with a large reserve, or the address' mapping.</remarks>
    internal static bool TryFind(IEnumerable<string> maps, ulong address, out ulong from, out ulong to)
    {
        (from, to) = (0, 0);
        ulong end = 0;
        foreach (Mapping mapping in maps.Select(Read).OfType<Mapping>())
        {
            if (mapping.From != end)
            {
                if (from <= address && address < to)
                    return true;
                (from, to) = (0, 0);
            }
            end = mapping.To;
            bool isHere = mapping.From <= address && address < mapping.To;
            if (!isHere && !(mapping.IsReserve && mapping.To - mapping.From >= LeastReserved))
                continue;
            if (to == 0)
                from = mapping.From;
            to = mapping.To;
        }
        return from <= address && address < to;
    }

    /// <summary>Null: of a file, or not understood.</summary>
    private static Mapping? Read(string line)
    {
        string[] parts = line.Split(' ', 3);
        return
            parts.Length == 3
            && parts[2].TrimEnd().EndsWith(NoFile, StringComparison.Ordinal)
            && parts[0].Split('-') is [var first, var last]
            && ulong.TryParse(first, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong from)
            && ulong.TryParse(last, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong to)
            ? new Mapping(from, to, parts[1] == Unreadable)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* from, nuint bytes, int advice);

    private readonly record struct Mapping(ulong From, ulong To, bool IsReserve);
}
