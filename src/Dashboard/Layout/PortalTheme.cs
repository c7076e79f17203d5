using MudBlazor;

namespace Distribution.Dashboard.Layout;

/// <summary>The portal's one theme. Text meets WCAG AA on its own ground in both palettes.</summary>
internal static class PortalTheme
{
    private static readonly string[] Sans =
    [
        "Inter Variable",
        "system-ui",
        "Segoe UI",
        "Helvetica",
        "Arial",
        "sans-serif",
    ];

    public static MudTheme Value { get; } =
        new()
        {
            PaletteLight = new PaletteLight
            {
                Primary = "#1d5bb8",
                PrimaryContrastText = "#ffffff",
                Success = "#0f7a52",
                Warning = "#96590a",
                Error = "#b3261e",
                Info = "#1d5bb8",
                Background = "#f6f7f9",
                Surface = "#ffffff",
                TextPrimary = "#18202c",
                TextSecondary = "#536073",
                ActionDefault = "#536073",
                LinesDefault = "#dde2e9",
                LinesInputs = "#8a95a5",
                TableLines = "#e6eaef",
                TableHover = "#f1f4f8",
                Divider = "#dde2e9",
            },
            PaletteDark = new PaletteDark
            {
                Primary = "#8bb6ff",
                PrimaryContrastText = "#0b1626",
                Success = "#5fd0a0",
                Warning = "#e9b35c",
                Error = "#ff9a92",
                ErrorContrastText = "#2a0f0d",
                Info = "#8bb6ff",
                Background = "#0f1319",
                Surface = "#171d26",
                TextPrimary = "#e7ebf1",
                TextSecondary = "#a0acbc",
                ActionDefault = "#a0acbc",
                LinesDefault = "#2b3442",
                LinesInputs = "#6f7d91",
                TableLines = "#252d3a",
                TableHover = "#1c2430",
                Divider = "#2b3442",
            },
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
            Typography = new Typography
            {
                Default = new DefaultTypography
                {
                    FontFamily = Sans,
                    FontSize = ".9375rem",
                    LineHeight = "1.5",
                    LetterSpacing = "0",
                },
                H1 = new H1Typography
                {
                    FontFamily = Sans,
                    FontSize = "1.75rem",
                    FontWeight = "650",
                    LineHeight = "1.2",
                    LetterSpacing = "-.018em",
                },
                H2 = new H2Typography
                {
                    FontFamily = Sans,
                    FontSize = "1.125rem",
                    FontWeight = "620",
                    LineHeight = "1.35",
                    LetterSpacing = "-.008em",
                },
                H3 = new H3Typography
                {
                    FontFamily = Sans,
                    FontSize = "1rem",
                    FontWeight = "620",
                    LineHeight = "1.4",
                    LetterSpacing = "0",
                },
                Body1 = new Body1Typography
                {
                    FontFamily = Sans,
                    FontSize = ".9375rem",
                    LineHeight = "1.55",
                    LetterSpacing = "0",
                },
                Body2 = new Body2Typography
                {
                    FontFamily = Sans,
                    FontSize = ".875rem",
                    LineHeight = "1.5",
                    LetterSpacing = "0",
                },
                Caption = new CaptionTypography
                {
                    FontFamily = Sans,
                    FontSize = ".8125rem",
                    LineHeight = "1.45",
                    LetterSpacing = "0",
                },
                Button = new ButtonTypography
                {
                    FontFamily = Sans,
                    FontSize = ".9375rem",
                    FontWeight = "560",
                    LineHeight = "1.5",
                    LetterSpacing = "0",
                    TextTransform = "none",
                },
            },
        };
}
