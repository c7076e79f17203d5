namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>Hexadecimal digits in their one accepted form, lowercase.</summary>
internal static class LowerHex
{
    /// <summary>False: another length, or another character than 0-9 and a-f.</summary>
    public static bool TryRead(ReadOnlySpan<byte> hex, Span<byte> bytes)
    {
        if (hex.Length != 2 * bytes.Length)
            return false;
        for (int i = 0; i < bytes.Length; i++)
        {
            int high = Digit(hex[2 * i]);
            int low = Digit(hex[2 * i + 1]);
            if ((high | low) < 0)
                return false;
            bytes[i] = (byte)(high << 4 | low);
        }
        return true;
    }

    private static int Digit(byte letter) =>
        letter switch
        {
            >= (byte)'0' and <= (byte)'9' => letter - '0',
            >= (byte)'a' and <= (byte)'f' => letter - 'a' + 10,
            _ => -1,
        };
}
