"""The words that fill slots: real places and trades, invented people and companies."""

from __future__ import annotations

FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý",
    "Đinh", "Phan", "Tạ", "Mai", "Cao", "Lưu",
)  # fmt: skip
MALE = (
    "Quốc Hưng", "Văn Hòa", "Minh Khôi", "Đức Thắng", "Hữu Nghĩa", "Anh Tuấn", "Trọng Đạt",
    "Xuân Trường", "Thành Công", "Việt Dũng", "Hải Đăng", "Quang Vinh", "Tiến Lộc", "Bá Sơn",
)  # fmt: skip
FEMALE = (
    "Thị Thu Hà", "Ngọc Lan", "Thanh Huyền", "Bích Thủy", "Kim Oanh", "Mai Phương", "Thu Trang",
    "Hồng Nhung", "Diệu Linh", "Thị Minh Tâm", "Khánh Vân", "Tuyết Mai",
)  # fmt: skip
OFFICES: tuple[str, ...] = (
    "Phó Cục trưởng Cục Xuất nhập khẩu", "Phó Cục trưởng Cục Công Thương địa phương",
    "Phó Vụ trưởng Vụ Kế hoạch", "Trưởng phòng Nghiệp vụ của Cục Điện lực",
    "Phó Cục trưởng Cục Quản lý thị trường trong nước", "Phó Giám đốc Sở Công Thương",
    "Phó Chánh Văn phòng Bộ", "Trưởng phòng Quản lý thương mại của Sở Công Thương",
    "Phó Cục trưởng Cục Thương mại điện tử", "Phó Cục trưởng Cục Phòng vệ thương mại",
)  # fmt: skip
EXPERTS: tuple[str, ...] = (
    "chuyên gia kinh tế độc lập", "giảng viên ngành thương mại quốc tế",
    "chuyên gia về chuỗi cung ứng", "chuyên gia phân tích thị trường hàng hóa",
    "nghiên cứu viên về chính sách năng lượng", "chuyên gia tư vấn pháp luật thương mại",
)  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    "office": OFFICES,
    "expert": EXPERTS,
    "province": (
        "Hà Nội", "TP. Hồ Chí Minh", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Huế", "Quảng Ninh",
        "Bắc Ninh", "Hưng Yên", "Ninh Bình", "Thanh Hóa", "Nghệ An", "Hà Tĩnh", "Quảng Trị",
        "Quảng Ngãi", "Gia Lai", "Đắk Lắk", "Khánh Hòa", "Lâm Đồng", "Đồng Nai", "Tây Ninh",
        "Vĩnh Long", "Đồng Tháp", "An Giang", "Cà Mau", "Lạng Sơn", "Lào Cai", "Thái Nguyên",
        "Phú Thọ", "Sơn La", "Tuyên Quang", "Cao Bằng", "Điện Biên", "Lai Châu",
    ),
    "market": (
        "Hoa Kỳ", "Nhật Bản", "Hàn Quốc", "Trung Quốc", "Liên minh châu Âu", "Ấn Độ", "Australia",
        "Canada", "Vương quốc Anh", "Các Tiểu vương quốc Ả Rập Thống nhất", "Thái Lan",
        "Indonesia", "Philippines", "Mexico", "Brazil", "Nam Phi",
    ),
    "good": (
        "gạo", "cà phê", "hồ tiêu", "hạt điều", "cao su", "sầu riêng", "thanh long", "tôm",
        "cá tra", "chè", "rau quả chế biến", "thủy sản", "chuối", "dừa", "sắn", "quế", "chanh leo",
    ),
    "industrial": (
        "thép cuộn cán nóng", "thép mạ", "nhôm thanh định hình", "gỗ dán", "lốp xe khách",
        "tháp gió", "sợi polyester", "kính nổi", "gạch ốp lát", "ắc quy", "pin năng lượng mặt trời",
        "túi nhựa", "mật ong", "tủ bếp bằng gỗ", "ống thép hàn",
    ),
    "contraband": (
        "mỹ phẩm", "thực phẩm chức năng", "quần áo", "giày dép", "bánh kẹo", "đồ chơi trẻ em",
        "phụ tùng xe máy", "rượu ngoại", "dầu gội", "linh kiện điện thoại", "đường cát",
        "phân bón", "thực phẩm đông lạnh", "túi xách",
    ),
    "company": (
        "Công ty Cổ phần Thực phẩm Sông Xanh", "Công ty TNHH Cơ khí Đại Phong",
        "Công ty Cổ phần Dệt may Bình Minh Mới", "Công ty TNHH Nông sản Đất Lành",
        "Công ty Cổ phần Năng lượng Gió Đông", "Công ty TNHH Thương mại Hải Vân Phát",
        "Công ty Cổ phần Gỗ Trường Thịnh An", "Công ty TNHH Điện tử Sao Khuê",
        "Công ty Cổ phần Bán lẻ Chợ Nhà", "Công ty TNHH Thủy sản Cửa Biển Xanh",
        "Công ty Cổ phần Thép Hoa Lư", "Công ty TNHH Giải pháp số Việt Tâm",
        "Công ty Cổ phần Cà phê Đồi Nắng", "Công ty TNHH Vận tải Cánh Buồm Trắng",
    ),
    "platform": ("Chợ Việt Online", "Mua Nhanh", "Nhà Ta Mart", "Giỏ Xanh", "Phiên Chợ Số"),
    "district": (
        "phường Tân Lập", "phường Hòa Bình", "xã An Phú", "xã Đông Sơn", "phường Minh Khai",
        "xã Phước Thành", "phường Thống Nhất", "xã Yên Định", "phường Bến Thượng",
    ),
    "plant": (
        "Nhà máy điện gió Cồn Cát", "Nhà máy thủy điện Suối Bạc", "Nhà máy điện gió Sơn Hạ",
        "Nhà máy điện sinh khối Đồng Tiến", "Nhà máy điện mặt trời Hồ Núi",
        "Nhà máy nhiệt điện khí Vũng Sao", "Nhà máy thủy điện Khe Đá",
    ),
    "fair": (
        "Hội chợ Hàng Việt và Đặc sản vùng miền", "Hội chợ Công nghiệp hỗ trợ",
        "Triển lãm quốc tế Thực phẩm và Đồ uống", "Hội chợ Thương mại biên giới",
        "Tuần lễ Nông sản an toàn", "Triển lãm Máy móc và Tự động hóa",
        "Phiên chợ Sản phẩm OCOP", "Hội chợ Thủ công mỹ nghệ",
    ),
    "park": (
        "Cụm công nghiệp Đồng Văn Hạ", "Khu công nghiệp Sông Cầu Xanh", "Cụm công nghiệp Phú Lâm",
        "Khu công nghiệp Bến Sỏi", "Cụm công nghiệp làng nghề Tân Xuân", "Khu công nghiệp Hòa Lợi",
    ),
    "supply": (
        "linh kiện nhựa kỹ thuật", "khuôn mẫu chính xác", "dây điện ô tô", "vi mạch đóng gói",
        "vải kỹ thuật", "chi tiết đúc nhôm", "bu lông cường độ cao", "bao bì tái chế",
    ),
    "staple": (
        "thịt lợn", "trứng gia cầm", "rau củ", "dầu ăn", "đường", "gạo tẻ", "sữa", "mì ăn liền",
        "nước mắm", "thịt gà",
    ),
    "agreement": (
        "Hiệp định CPTPP", "Hiệp định EVFTA", "Hiệp định RCEP", "Hiệp định UKVFTA",
        "Hiệp định VIFTA", "Hiệp định VKFTA",
    ),
    "author": (
        "Thu Hường", "Minh Quân", "Lan Chi", "Hoàng Giang", "Ngọc Châm", "Đức Hiền", "Thanh Bình",
        "Phương Thảo", "Hạnh Nguyên", "Quỳnh Nga", "Anh Thơ", "Việt Hằng", "Tuấn Kiệt",
        "Hải Yến", "Bảo Ngọc", "Duy Khánh",
    ),
}  # fmt: skip
