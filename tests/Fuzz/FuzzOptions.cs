using System.Globalization;

namespace Distribution.Fuzz;

/// <summary>What the command line asks for.</summary>
/// <param name="Inputs">Of all front ends together.</param>
/// <param name="Seconds">It ends after so long, whatever is left; 0: no limit.</param>
/// <param name="Seed">The same seed makes the same inputs, in the same order, as far as no socket is in between.</param>
/// <param name="OfPeers">The edge seeder's peer connections, and not the tracker's front ends.</param>
internal sealed record FuzzOptions(long Inputs, int Seconds, int Seed, bool OfPeers = false)
{
    public const string Usage = "usage: Fuzz [--of tracker|peers] [--inputs N] [--seconds N] [--seed N]";

    public static bool TryParse(string[] arguments, out FuzzOptions options)
    {
        options = new FuzzOptions(200_000, 0, 1);
        if (arguments.Length % 2 != 0)
            return false;
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (arguments[i] == "--of" && arguments[i + 1] is "tracker" or "peers")
            {
                options = options with { OfPeers = arguments[i + 1] == "peers" };
                continue;
            }
            if (!long.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                return false;
            switch (arguments[i])
            {
                case "--inputs" when value > 0:
                    options = options with { Inputs = value };
                    break;
                case "--seconds" when value <= int.MaxValue:
                    options = options with { Seconds = (int)value };
                    break;
                case "--seed" when value <= int.MaxValue:
                    options = options with { Seed = (int)value };
                    break;
                default:
                    return false;
            }
        }
        return true;
    }
}
